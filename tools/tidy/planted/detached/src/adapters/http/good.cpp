// SPDX-License-Identifier: Apache-2.0
// Never detached: the group joins it.
void start() { group.spawn(run()); }
