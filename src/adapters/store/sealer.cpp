// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/sealer.hpp"

#include <array>
#include <charconv>
#include <map>
#include <ranges>
#include <vector>

#include <openssl/evp.h>

#include <boost/json.hpp>

#include "adapters/store/rows.hpp"
#include "application/audit_chain.hpp"

namespace vcare::store {
namespace {

using namespace domain;
using application::AuditEntry;
using application::CheckpointTurn;

/// The name of its counter.
constexpr std::string_view checkpoint_turn = "checkpoint_due";

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

struct Head {
    std::uint64_t sequence = 0;
    std::string chain_hash;
};
/// By tenant.
using Heads = std::map<std::string, Head, std::less<>>;

Heads read_heads(Rows rows) {
    Heads heads;
    while (rows.next())
        heads.emplace(rows.string(0), Head{.sequence = static_cast<std::uint64_t>(rows.integer(1)),
                                           .chain_hash = rows.string(2)});
    return heads;
}

struct Unsealed {
    std::string tenant;
    AuditId id;
    std::optional<AuditEntry> entry;  ///< absent when the row is gone: its place in the chain shows that
};

/// Those whose chain is ours.
std::vector<Unsealed> read_unsealed(Rows rows, const Heads& ours) {
    std::vector<Unsealed> entries;
    while (rows.next()) {
        if (!ours.contains(rows.text(0))) continue;
        auto id = rows.optional_id<AuditId>(1);
        if (!id) break;
        Unsealed unsealed{.tenant = rows.string(0), .id = *std::move(id), .entry = std::nullopt};
        if (!rows.is_null(2)) unsealed.entry = read_audit_entry(rows, 2);
        entries.push_back(std::move(unsealed));
    }
    return entries;
}

/// Moves the head, and gives the link of the chain as the statements take it.
boost::json::array append(Head& head, const Unsealed& unsealed) {
    const std::string text = unsealed.entry ? application::canonical_text(*unsealed.entry) : std::string{};
    head.sequence += 1;
    head.chain_hash = sha256_hex(head.chain_hash + text);
    return {head.sequence, unsealed.id.text(), head.chain_hash};
}

/// One line `tenant sequence chain_hash` for each chain that moved since the last checkpoint, by tenant.
Work<std::string> checkpoint_text(Connection* connection) {
    std::string text;
    Rows rows = co_await connection->query(Sql::moved_heads);
    while (rows.next()) {
        text.append(rows.text(0)).append(" ").append(std::to_string(rows.integer(1))).append(" ");
        text.append(rows.text(2)).append("\n");
    }
    co_return text;
}

}  // namespace

Work<Result<unsigned>> seal(Connection* connection, Chains chains, unsigned limit) {
    connection->execute(Sql::open_audit_heads, chains.first, chains.last, limit);
    auto asked_heads = connection->query(Sql::lock_audit_heads, chains.first, chains.last, limit);
    auto asked_entries = connection->query(Sql::unsealed_entries, chains.first, chains.last, limit);
    Heads heads = read_heads(co_await asked_heads);
    const std::vector<Unsealed> entries = read_unsealed(co_await asked_entries, heads);
    for (auto first = entries.begin(); first != entries.end();) {
        Head& head = heads.at(first->tenant);
        boost::json::array links;
        auto next = first;
        for (; next != entries.end() && next->tenant == first->tenant; ++next)
            links.push_back(append(head, *next));
        const std::string list = boost::json::serialize(links);
        connection->execute(Sql::insert_chain, first->tenant, list);
        connection->execute(Sql::delete_unsealed, first->tenant, list);
        connection->execute(Sql::move_audit_head, first->tenant, head.sequence, head.chain_hash);
        first = next;
    }
    co_return static_cast<unsigned>(entries.size());
}

Work<Result<std::vector<std::string>>> read_unsealed_chains(Connection* connection) {
    std::vector<std::string> tenants;
    Rows rows = co_await connection->query(Sql::unsealed_chains);
    while (rows.next()) tenants.push_back(rows.string(0));
    co_return tenants;
}

Work<Result<CheckpointTurn>> take_checkpoint_turn(Connection* connection, Instant now, Instant held_until,
                                                  Instant next) {
    const int claimed = co_await connection->count_changed(Sql::take_turn, checkpoint_turn, now, held_until);
    if (claimed == 0) {
        Rows rows = co_await connection->query(Sql::counter, checkpoint_turn);
        co_return CheckpointTurn{.until = rows.next() ? rows.instant(0) : now};
    }
    std::string text = co_await checkpoint_text(connection);
    if (text.empty()) {
        connection->execute(Sql::end_turn, checkpoint_turn, held_until, next);
        co_return CheckpointTurn{.until = next};
    }
    co_return CheckpointTurn{.is_ours = true, .until = held_until, .text = std::move(text)};
}

Work<Result<void>> write_checkpoint(Connection* connection, CheckpointTurn turn, std::string signature,
                                    Instant at, Instant next) {
    if (co_await connection->count_changed(Sql::end_turn, checkpoint_turn, turn.until, next) == 0)
        co_return Result<void>{};
    for (const auto part : std::views::split(turn.text, '\n')) {
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
    connection->execute(Sql::insert_checkpoint, number, at, turn.text, signature);
    co_return Result<void>{};
}

}  // namespace vcare::store
