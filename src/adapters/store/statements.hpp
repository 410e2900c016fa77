// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace vcare::store {

/// Every statement there is, by name. The texts are in `statements/*.inc`, in the subset that SQLite and
/// PostgreSQL both understand: parameters `$1` … are bound by their number, times are milliseconds, flags 0
/// or 1, words their wire words.
enum class Sql : std::uint16_t {
#define VCARE_STATEMENT(name, text) name,
#include "adapters/store/statements/all.inc"
#undef VCARE_STATEMENT
    end_of_statements,
};
inline constexpr std::size_t statement_count = static_cast<std::size_t>(Sql::end_of_statements);

struct Statement {
    std::string_view name;
    std::string_view text;
};
[[nodiscard]] const Statement& statement_of(Sql sql);

}  // namespace vcare::store
