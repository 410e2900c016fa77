// SPDX-License-Identifier: Apache-2.0
auto work = [](Connection& connection) -> Task<void> { co_return; };
