// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace vcare::store {

/// One numbered step of the schema, as its file in `migrations/` says it.
struct Migration {
    int number;
    std::string_view name;
    std::string_view text;
};

/// All of them, in order, from 1 without a gap.
[[nodiscard]] std::span<const Migration> migrations();

/// The number of the newest migration: the schema this program is written for.
[[nodiscard]] int schema_number();

/// A migration's text with its types and table options as SQLite spells them.
[[nodiscard]] std::string to_sqlite(std::string_view text);

}  // namespace vcare::store
