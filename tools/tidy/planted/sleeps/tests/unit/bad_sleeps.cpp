// SPDX-License-Identifier: Apache-2.0
void wait() { std::this_thread::sleep_for(std::chrono::seconds{1}); }
