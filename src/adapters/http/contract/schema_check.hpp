// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "adapters/http/contract/schema.hpp"
#include "domain/error.hpp"

namespace vcare::http::contract {

/// More wrong places than this are not told.
inline constexpr std::size_t max_field_errors = 20;

/// Everything in which the value differs from the schema of `node`, with RFC 6901 pointers; empty when it
/// fits. Messages say what is allowed and never repeat the value. Allocates nothing when the value fits.
[[nodiscard]] std::vector<domain::FieldError> check_value(const SchemaTable& table, std::uint16_t node,
                                                          const boost::json::value& value);

/// The same for a value that comes as text in a query or a header: numbers and words are read from it, and a
/// list is split at its commas. `pointer` is where the errors stand.
void check_text(const SchemaTable& table, std::uint16_t node, std::string_view pointer, std::string_view text,
                std::vector<domain::FieldError>& errors);

}  // namespace vcare::http::contract
