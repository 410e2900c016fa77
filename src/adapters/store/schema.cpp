// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/schema.hpp"

#include <array>
#include <utility>

namespace vcare::store {
namespace {

constexpr std::string_view policies =
#include "generated/store_policies.inc"
    ;

constexpr auto all_migrations = std::to_array<Migration>({
#include "generated/store_migrations.inc"
});

constexpr bool are_numbered_from_one() {
    for (std::size_t i = 0; i < all_migrations.size(); ++i) {
        if (all_migrations[i].number != static_cast<int>(i) + 1) return false;
    }
    return true;
}
static_assert(are_numbered_from_one());

using Word = std::pair<std::string_view, std::string_view>;

/// STRICT knows INTEGER, REAL, TEXT and BLOB only. Keys compare bytewise in SQLite anyhow. A clustered
/// table lies in the order of its key; one with wide rows does not.
constexpr std::array sqlite_words = {
    Word{"{key}", "TEXT"},
    Word{"{text}", "TEXT"},
    Word{"{bytes}", "BLOB"},
    Word{"{integer}", "INTEGER"},
    Word{"{instant}", "INTEGER"},
    Word{"{flag}", "INTEGER"},
    Word{"{real}", "REAL"},
    Word{"{identity}", "INTEGER PRIMARY KEY"},
    Word{"{clustered}", "STRICT, WITHOUT ROWID"},
    Word{"{heap}", "STRICT"},
    Word{"{online}", "IF NOT EXISTS"},
};

/// Keys compare bytewise, so that a list's cursor means the same everywhere. A row's own number is no key:
/// keys start with the tenant, so that a distributed database can keep each tenant in one place.
constexpr std::array postgres_words = {
    Word{"{key}", "TEXT COLLATE \"C\""},
    Word{"{text}", "TEXT"},
    Word{"{bytes}", "BYTEA"},
    Word{"{integer}", "BIGINT"},
    Word{"{instant}", "BIGINT"},
    Word{"{flag}", "SMALLINT"},
    Word{"{real}", "DOUBLE PRECISION"},
    Word{"{identity}", "BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY"},
    Word{"{clustered}", ""},
    Word{"{heap}", ""},
    Word{"{online}", "CONCURRENTLY IF NOT EXISTS"},
};

constexpr std::string_view online_index = "CREATE INDEX {online} ";
constexpr std::string_view end_of_block = "\n$$;\n";

std::string spell(std::string_view text, std::span<const Word> words) {
    std::string result{text};
    for (const auto& [token, word] : words) {
        for (auto at = result.find(token); at != std::string::npos; at = result.find(token, at + word.size()))
            result.replace(at, token.size(), word);
    }
    return result;
}

}  // namespace

std::span<const Migration> migrations() {
    return all_migrations;
}

int schema_number() {
    return all_migrations.back().number;
}

std::string to_sqlite(std::string_view text) {
    return spell(text, sqlite_words);
}

std::string to_postgres(std::string_view text) {
    return spell(text, postgres_words);
}

PostgresSteps to_postgres_steps(std::string_view text) {
    PostgresSteps steps;
    while (true) {
        const auto begin = text.find(online_index);
        steps.in_transaction += to_postgres(text.substr(0, begin));
        if (begin == std::string_view::npos) return steps;
        const std::string_view statement = text.substr(begin, text.find(';', begin) - begin);
        const std::string_view named = statement.substr(online_index.size());
        steps.online.push_back(
            {.name = std::string{named.substr(0, named.find(' '))}, .text = to_postgres(statement)});
        text.remove_prefix(begin + statement.size() + 1);
    }
}

std::vector<std::string> postgres_policies() {
    std::vector<std::string> statements;
    std::string_view rest = policies;
    for (auto end = rest.find(end_of_block); end != std::string_view::npos; end = rest.find(end_of_block)) {
        statements.emplace_back(rest.substr(0, end + end_of_block.size()));
        rest.remove_prefix(end + end_of_block.size());
    }
    statements.emplace_back(rest);
    return statements;
}

}  // namespace vcare::store
