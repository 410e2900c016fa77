// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

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

/// A migration's text with its types and table options as each database spells them.
[[nodiscard]] std::string to_sqlite(std::string_view text);
[[nodiscard]] std::string to_postgres(std::string_view text);

/// An index of a table that was there, and may be long, before its migration: `CREATE INDEX {online} …`.
struct OnlineIndex {
    std::string name;
    std::string text;  ///< as PostgreSQL runs it, outside a transaction
};

/// What PostgreSQL does for one migration: its own transaction, and then what nobody who writes waits for.
struct PostgresSteps {
    std::string in_transaction;
    std::vector<OnlineIndex> online;
};
[[nodiscard]] PostgresSteps to_postgres_steps(std::string_view text);

/// PostgreSQL only: the roles of the service and what each may see, statement by statement, because some end
/// transactions of their own. May be run again at any time.
[[nodiscard]] std::vector<std::string> postgres_policies();

}  // namespace vcare::store
