// SPDX-License-Identifier: Apache-2.0
void wait() { usleep(1000); }
