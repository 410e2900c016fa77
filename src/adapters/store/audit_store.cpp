// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "adapters/store/cursor.hpp"
#include "adapters/store/rows.hpp"
#include "adapters/store/stores.hpp"
#include "adapters/store/unit_writer.hpp"

namespace vcare::store {
namespace {

using namespace domain;
using application::AuditCheckpoint;
using application::AuditEntry;
using application::AuditFloor;
using application::AuditPage;
using application::AuditQuery;
using application::CheckpointPlace;
using application::SealedEntry;

/// An id tells the time it was made at, which is the entry's own but for the clock's small steps: a range of
/// times bounds the ids, with room, and so the part of the index that is read.
constexpr minutes id_slack{10};

std::string first_id_at(Instant at) {
    return std::string{AuditTag::prefix} + make_ulid(std::max(at, Instant{}), UlidEntropy{});
}

struct Window {
    std::string before = "~";
    std::string from;
    std::int64_t at_from = std::numeric_limits<std::int64_t>::min();
    std::int64_t at_to = std::numeric_limits<std::int64_t>::max();
};

Result<Window> window_of(const AuditQuery& query) {
    Window window;
    if (query.from) {
        window.at_from = to_unix_ms(*query.from);
        window.from = first_id_at(*query.from - id_slack);
    }
    if (query.to) {
        window.at_to = to_unix_ms(*query.to);
        window.before = first_id_at(*query.to + id_slack);
    }
    if (query.cursor) {
        auto cursor = parse_cursor(*query.cursor, AuditTag::prefix);
        if (!cursor) return std::unexpected{std::move(cursor.error())};
        window.before = std::min(window.before, cursor->id);
    }
    return window;
}

Connection::Started<Rows> run_list(Connection& c, const TenantId& tenant, const AuditQuery& query,
                                   const Window& w) {
    const unsigned limit = query.limit + 1;
    if (query.session)
        return c.query(Sql::list_audit_of_session, tenant, w.before, w.from, w.at_from, w.at_to, limit,
                       query.session, query.actor);
    if (query.actor)
        return c.query(Sql::list_audit_of_actor, tenant, w.before, w.from, w.at_from, w.at_to, limit,
                       query.actor);
    return c.query(Sql::list_audit, tenant, w.before, w.from, w.at_from, w.at_to, limit);
}

std::optional<AuditFloor> read_floor(Rows rows) {
    if (!rows.next()) return std::nullopt;
    auto entry = rows.optional_id<AuditId>(3);
    if (!entry) return std::nullopt;
    return AuditFloor{.sequence = static_cast<std::uint64_t>(rows.integer(0)),
                      .chain_hash = rows.string(1),
                      .at = rows.instant(2),
                      .entry = *std::move(entry),
                      .signature = rows.string(4)};
}

Work<Result<AuditPage>> list(Connection* connection, TenantId tenant, AuditQuery query) {
    const auto window = window_of(query);
    if (!window) co_return std::unexpected{window.error()};
    AuditPage page;
    auto floor = connection->query(Sql::find_audit_floor, tenant);
    auto entries = run_list(*connection, tenant, query, *window);
    page.floor = read_floor(co_await floor);
    Rows rows = co_await entries;
    while (rows.next()) {
        if (page.items.size() == query.limit) {
            page.next_cursor = to_text({.id = page.items.back().id.text()});
            break;
        }
        if (auto entry = read_audit_entry(rows, 0)) page.items.push_back(*std::move(entry));
    }
    co_return page;
}

Work<Result<std::vector<SealedEntry>>> read_sealed(Connection* connection, TenantId tenant,
                                                   std::uint64_t after, unsigned limit) {
    std::vector<SealedEntry> entries;
    Rows rows = co_await connection->query(Sql::read_chain, tenant, after, limit);
    while (rows.next()) {
        auto id = rows.optional_id<AuditId>(2);
        if (!id) break;
        const bool is_gone = rows.is_null(3);
        auto entry = is_gone ? AuditEntry{.id = *std::move(id)} : read_audit_entry(rows, 3);
        if (!entry) break;
        entries.push_back({.entry = *std::move(entry),
                           .sequence = static_cast<std::uint64_t>(rows.integer(0)),
                           .chain_hash = rows.string(1)});
    }
    co_return entries;
}

Work<Result<std::uint64_t>> count(Connection* connection, TenantId tenant) {
    Rows rows = co_await connection->query(Sql::count_unsealed, tenant);
    co_return rows.next() ? static_cast<std::uint64_t>(rows.integer(0)) : 0;
}

Work<Result<std::optional<AuditId>>> find_first_unaccounted(Connection* connection, TenantId tenant) {
    Rows rows = co_await connection->query(Sql::find_unaccounted, tenant);
    co_return rows.next() ? rows.optional_id<AuditId>(0) : std::nullopt;
}

Work<Result<std::optional<AuditFloor>>> find_floor_of(Connection* connection, TenantId tenant) {
    co_return read_floor(co_await connection->query(Sql::find_audit_floor, tenant));
}

Work<Result<bool>> is_there(Connection* connection, TenantId tenant, AuditId entry) {
    Rows rows = co_await connection->query(Sql::has_audit_entry, tenant, entry);
    co_return rows.next();
}

Work<Result<std::vector<AuditCheckpoint>>> read_checkpoints(Connection* connection, CheckpointPlace behind,
                                                            unsigned limit) {
    std::vector<AuditCheckpoint> checkpoints;
    Rows rows = co_await connection->query(Sql::list_checkpoints, behind.at, behind.number, limit);
    while (rows.next())
        checkpoints.push_back({.number = static_cast<std::uint64_t>(rows.integer(0)),
                               .at = rows.instant(1),
                               .text = rows.string(2),
                               .signature = rows.string(3)});
    co_return checkpoints;
}

class SqlAuditStore final : public application::AuditStore {
  public:
    explicit SqlAuditStore(Database* database) : database_(database) {}

    Task<Result<AuditPage>> list_audit(TenantScope scope, AuditQuery query) override {
        auto work = [&](Connection* c) { return list(c, scope.tenant(), query); };
        co_return co_await read<AuditPage>(database_, of(scope), work);
    }

    Task<Result<void>> append_reads(TenantScope scope, std::vector<AuditEntry> entries) override {
        auto work = [&](Connection* c) -> Result<void> {
            write_audits(*c, scope.tenant(), entries);
            return {};
        };
        co_return co_await write<void>(database_, of(scope), work);
    }

    Task<Result<std::vector<SealedEntry>>> read_chain(TenantScope scope, std::uint64_t after_sequence,
                                                      unsigned limit) override {
        auto work = [&](Connection* c) { return read_sealed(c, scope.tenant(), after_sequence, limit); };
        co_return co_await read<std::vector<SealedEntry>>(database_, of(scope), work);
    }

    Task<Result<std::uint64_t>> count_unsealed(TenantScope scope) override {
        auto work = [&](Connection* c) { return count(c, scope.tenant()); };
        co_return co_await read<std::uint64_t>(database_, of(scope), work);
    }

    Task<Result<std::optional<AuditId>>> find_unaccounted(TenantScope scope) override {
        auto work = [&](Connection* c) { return find_first_unaccounted(c, scope.tenant()); };
        co_return co_await read<std::optional<AuditId>>(database_, of(scope), work);
    }

    Task<Result<std::optional<AuditFloor>>> find_floor(TenantScope scope) override {
        auto work = [&](Connection* c) { return find_floor_of(c, scope.tenant()); };
        co_return co_await read<std::optional<AuditFloor>>(database_, of(scope), work);
    }

    Task<Result<bool>> has_entry(TenantScope scope, AuditId entry) override {
        auto work = [&](Connection* c) { return is_there(c, scope.tenant(), entry); };
        co_return co_await read<bool>(database_, of(scope), work);
    }

    Task<Result<std::vector<AuditCheckpoint>>> checkpoints(CheckpointPlace behind, unsigned limit) override {
        auto work = [=](Connection* c) { return read_checkpoints(c, behind, limit); };
        co_return co_await read<std::vector<AuditCheckpoint>>(database_, across_tenants(), work);
    }

  private:
    Database* database_;
};

}  // namespace

std::unique_ptr<application::AuditStore> make_audit_store(Database* database) {
    return std::make_unique<SqlAuditStore>(database);
}

}  // namespace vcare::store
