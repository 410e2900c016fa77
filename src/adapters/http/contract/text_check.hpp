// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "adapters/http/contract/schema.hpp"

namespace vcare::http::contract {

/// Code points of valid UTF-8.
[[nodiscard]] std::size_t count_code_points(std::string_view text);

[[nodiscard]] bool matches(const SchemaTable& table, const Pattern& pattern, std::string_view text);

/// One `@` between a plausible mailbox and a domain with a dot. Whether mail arrives is not for a check to
/// say.
[[nodiscard]] bool is_email(std::string_view text);

}  // namespace vcare::http::contract
