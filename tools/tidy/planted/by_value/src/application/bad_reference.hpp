// SPDX-License-Identifier: Apache-2.0
Task<int> admit(const Session& session);
