// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "adapters/http/contract/operations.hpp"

namespace vcare::http {

/// What the audit log calls an operation that was refused: the word its entry would have had, or the
/// operation's own name where it leaves none.
[[nodiscard]] std::string_view audit_action_of(contract::OperationId operation);

}  // namespace vcare::http
