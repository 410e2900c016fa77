// SPDX-License-Identifier: Apache-2.0
// Session is named in a comment only.
using vcare::domain::Session;
