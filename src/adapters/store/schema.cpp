// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/schema.hpp"

#include <array>
#include <utility>

namespace vcare::store {
namespace {

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

/// STRICT knows INTEGER, REAL, TEXT and BLOB only. Keys compare bytewise in SQLite anyhow. A clustered
/// table lies in the order of its key; one with wide rows does not.
constexpr std::array sqlite_words = {
    std::pair<std::string_view, std::string_view>{"{key}", "TEXT"},
    std::pair<std::string_view, std::string_view>{"{text}", "TEXT"},
    std::pair<std::string_view, std::string_view>{"{bytes}", "BLOB"},
    std::pair<std::string_view, std::string_view>{"{integer}", "INTEGER"},
    std::pair<std::string_view, std::string_view>{"{instant}", "INTEGER"},
    std::pair<std::string_view, std::string_view>{"{flag}", "INTEGER"},
    std::pair<std::string_view, std::string_view>{"{real}", "REAL"},
    std::pair<std::string_view, std::string_view>{"{identity}", "INTEGER PRIMARY KEY"},
    std::pair<std::string_view, std::string_view>{"{clustered}", "STRICT, WITHOUT ROWID"},
    std::pair<std::string_view, std::string_view>{"{heap}", "STRICT"},
};

}  // namespace

std::span<const Migration> migrations() {
    return all_migrations;
}

int schema_number() {
    return all_migrations.back().number;
}

std::string to_sqlite(std::string_view text) {
    std::string result{text};
    for (const auto& [token, word] : sqlite_words) {
        for (auto at = result.find(token); at != std::string::npos; at = result.find(token, at + word.size()))
            result.replace(at, token.size(), word);
    }
    return result;
}

}  // namespace vcare::store
