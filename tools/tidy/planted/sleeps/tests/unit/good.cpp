// SPDX-License-Identifier: Apache-2.0
// No sleep_for here.
void wait() { condition.wait(lock, [] { return ready; }); }
