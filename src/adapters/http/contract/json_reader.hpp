// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <boost/json/value.hpp>

#include "domain/error.hpp"

namespace vcare::http::contract {

inline constexpr std::size_t max_json_depth = 32;

/// Reads one JSON value strictly. Refused with `validation_error`, with a pointer to the place: broken JSON,
/// invalid UTF-8, a key that stands twice in an object (Boost.JSON itself would keep the last), more than
/// `max_json_depth` levels, a number beyond what a double can hold, NUL in a text. A number without a
/// fraction is a whole number however it was written (`1.0`, `1e3`).
[[nodiscard]] domain::Result<boost::json::value> parse_json(std::string_view bytes);

}  // namespace vcare::http::contract
