// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "domain/error.hpp"

namespace vcare::json {

/// `application/problem+json` (RFC 9457) of a refusal. `type` is `type_prefix` and the code.
[[nodiscard]] std::string encode_problem(const domain::Error& error, std::string_view type_prefix,
                                         std::string_view instance, std::string_view trace_id);

/// The same as a FHIR R4 OperationOutcome.
[[nodiscard]] std::string encode_operation_outcome(const domain::Error& error);

}  // namespace vcare::json
