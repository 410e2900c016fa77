export const answer = 42;
// SPDX-License-Identifier: Apache-2.0
