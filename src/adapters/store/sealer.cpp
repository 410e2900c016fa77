// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/sealer.hpp"

#include <array>
#include <charconv>
#include <ranges>
#include <vector>

#include <openssl/evp.h>

#include "adapters/store/rows.hpp"
#include "application/audit_chain.hpp"

namespace vcare::store {
namespace {

using application::AuditEntry;

std::string sha256_hex(std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    hex.reserve(std::size_t{2} * size);
    for (const unsigned char byte : std::span{digest.data(), size}) {
        hex.push_back(digits[byte >> 4U]);
        hex.push_back(digits[byte & 0xfU]);
    }
    return hex;
}

struct Unsealed {
    std::string tenant;
    std::string id;
    std::optional<AuditEntry> entry;  ///< absent when the row is gone: its place in the chain shows that
};

Work<std::vector<Unsealed>> read_unsealed(Connection* connection, unsigned limit) {
    std::vector<Unsealed> entries;
    Rows rows = co_await connection->query(Sql::unsealed_entries, limit);
    while (rows.next()) {
        Unsealed unsealed{.tenant = rows.string(0), .id = rows.string(1), .entry = std::nullopt};
        if (!rows.is_null(2)) unsealed.entry = read_audit_entry(rows, 2);
        entries.push_back(std::move(unsealed));
    }
    co_return entries;
}

struct Head {
    std::uint64_t sequence = 0;
    std::string chain_hash;
};

Work<Head> read_head(Connection* connection, std::string tenant) {
    Rows rows = co_await connection->query(Sql::audit_head, tenant);
    if (!rows.next()) co_return Head{};
    co_return Head{.sequence = static_cast<std::uint64_t>(rows.integer(0)), .chain_hash = rows.string(1)};
}

void append(Connection& connection, Head& head, const Unsealed& unsealed) {
    const std::string text = unsealed.entry ? application::canonical_text(*unsealed.entry) : std::string{};
    head.sequence += 1;
    head.chain_hash = sha256_hex(head.chain_hash + text);
    connection.execute(Sql::insert_chain, unsealed.tenant, head.sequence, unsealed.id, head.chain_hash);
    connection.execute(Sql::delete_unsealed, unsealed.tenant, unsealed.id);
}

}  // namespace

Work<Result<unsigned>> seal(Connection* connection, unsigned limit) {
    const std::vector<Unsealed> entries = co_await read_unsealed(connection, limit);
    for (auto first = entries.begin(); first != entries.end();) {
        Head head = co_await read_head(connection, first->tenant);
        auto next = first;
        for (; next != entries.end() && next->tenant == first->tenant; ++next)
            append(*connection, head, *next);
        connection->execute(Sql::put_audit_head, first->tenant, head.sequence, head.chain_hash);
        first = next;
    }
    co_return static_cast<unsigned>(entries.size());
}

Work<Result<std::string>> checkpoint_text(Connection* connection) {
    std::string text;
    Rows rows = co_await connection->query(Sql::moved_heads);
    while (rows.next()) {
        text.append(rows.text(0)).append(" ").append(std::to_string(rows.integer(1))).append(" ");
        text.append(rows.text(2)).append("\n");
    }
    co_return text;
}

Work<Result<void>> write_checkpoint(Connection* connection, std::string text, std::string signature,
                                    domain::Instant at) {
    for (const auto part : std::views::split(text, '\n')) {
        const std::string_view line{part.begin(), part.end()};
        const auto first = line.find(' ');
        const auto second = line.find(' ', first + 1);
        if (first == std::string_view::npos || second == std::string_view::npos) continue;
        const std::string_view digits = line.substr(first + 1, second - first - 1);
        std::uint64_t sequence = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), sequence);
        connection->execute(Sql::checkpoint_head, line.substr(0, first), sequence);
    }
    std::int64_t number = 0;
    if (Rows rows = co_await connection->query(Sql::next_checkpoint_number); rows.next())
        number = rows.integer(0);
    connection->execute(Sql::insert_checkpoint, number, at, text, signature);
    co_return Result<void>{};
}

}  // namespace vcare::store
