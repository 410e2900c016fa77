// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/postgres_dialect.hpp"

#include <fmt/format.h>

namespace vcare::store {
namespace {

std::string_view shared_or_own_text(Sql sql) {
    switch (sql) {
#define VCARE_STATEMENT(name, text) \
    case Sql::name:                 \
        return text;
#include "adapters/store/statements/postgres.inc"
#undef VCARE_STATEMENT
        default:
            return statement_of(sql).text;
    }
}

}  // namespace

std::string text_of(Sql sql, bool must_change) {
    const std::string_view text = shared_or_own_text(sql);
    if (!must_change) return std::string{text};
    return fmt::format("WITH changed AS ({} RETURNING 1) SELECT 1 / COUNT(*) FROM changed", text);
}

std::string name_of(Sql sql, bool must_change) {
    return fmt::format("{}{}", must_change ? 'c' : 's', static_cast<unsigned>(sql));
}

Failure failure_of_sqlstate(std::string_view state) {
    const std::string_view kind = state.substr(0, 2);
    if (state == "23505") return Failure::unique;
    if (state == "23503") return Failure::foreign_key;
    if (state == "22012") return Failure::unchanged;  // division by the count of changed rows
    // A serialization failure, a deadlock, a lock not had in time: the others are through soon.
    if (state == "40001" || state == "40P01" || state == "55P03") return Failure::busy;
    if (kind == "53") return state == "53300" ? Failure::busy : Failure::full;
    // Data and privileges that do not fit the program: trying again does not help.
    if (kind == "22" || kind == "23" || kind == "42") return Failure::corrupt_row;
    // The server goes, was fenced off, or is a standby now (25006): connect to whoever is there.
    return Failure::broken;
}

}  // namespace vcare::store
