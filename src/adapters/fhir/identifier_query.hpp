// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace vcare::fhir {

/// `identifier=<system><bar><value>`, with what has a meaning of its own in a query percent-encoded. `bar` is
/// `|` in `If-None-Exist`, as FHIR's examples write it, and `%7C` in a URL, where servers refuse the
/// character.
[[nodiscard]] std::string identifier_query(std::string_view system, std::string_view value,
                                           std::string_view bar);

}  // namespace vcare::fhir
