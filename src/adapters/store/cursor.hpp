// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/error.hpp"

namespace vcare::store {

/// Where a list goes on: after the row with this key. Opaque to clients (base64url), so that they do not
/// come to rely on what is in it.
struct Cursor {
    std::int64_t at = 0;  ///< in milliseconds; 0 in lists that are ordered by id alone
    std::string id;

    friend bool operator==(const Cursor&, const Cursor&) = default;
};

[[nodiscard]] std::string to_text(const Cursor& cursor);
/// `validation_error` at `/cursor` for anything `to_text` did not write. `prefix` is what its id starts with.
[[nodiscard]] domain::Result<Cursor> parse_cursor(std::string_view text, std::string_view prefix);

}  // namespace vcare::store
