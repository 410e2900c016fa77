// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "adapters/store/stores.hpp"
#include "adapters/store/unit_writer.hpp"

namespace vcare::store {
namespace {

using namespace domain;
using application::AuditCut;
using application::AuditEntry;
using application::AuditFloor;
using application::DueRetention;
using application::OverSession;
using application::QueueItem;
using application::RetainedKind;
using application::RetainedRows;
using application::RetentionMode;

struct Deletion {
    Sql sql{};
    RetainedKind kind{};
};

/// In this order: what refers to a row goes before it.
constexpr auto deletions = std::to_array<Deletion>({
    {Sql::delete_tokens_of, RetainedKind::join_token},
    {Sql::delete_credentials_of, RetainedKind::visit_credential},
    {Sql::delete_whereabouts_of, RetainedKind::whereabouts},
    {Sql::delete_device_checks_of, RetainedKind::device_check},
    {Sql::delete_feedback_of, RetainedKind::feedback},
    {Sql::delete_refusals_of, RetainedKind::consent_refusal},
    {Sql::delete_streams_of, RetainedKind::presence},
    {Sql::delete_calls_of, RetainedKind::presence},
    {Sql::delete_timeline_of, RetainedKind::timeline},
    {Sql::delete_participants_of, RetainedKind::participant},
    {Sql::delete_session, RetainedKind::session},
});

Work<Result<std::vector<OverSession>>> find_over(Connection* connection, TenantId tenant, Instant until,
                                                 std::optional<OverSession> last, unsigned limit) {
    const std::int64_t from =
        last ? to_unix_ms(last->scheduled_start) : std::numeric_limits<std::int64_t>::min();
    const std::string after = last ? last->id.text() : std::string{};
    std::vector<OverSession> over;
    Rows rows = co_await connection->query(Sql::over_sessions, tenant, until, from, after, limit);
    while (rows.next()) {
        auto id = rows.optional_id<SessionId>(0);
        auto patient = rows.optional_id<PatientId>(1);
        if (!id || !patient) break;
        over.push_back(
            {.id = *std::move(id), .patient = *std::move(patient), .scheduled_start = rows.instant(2)});
    }
    co_return over;
}

/// Deletes in any case, and keeps it or not: what a rehearsal counts is what would go.
class DeleteSessions final : public Job {
  public:
    DeleteSessions(const TenantScope& scope, std::vector<AuditEntry> audit, RetentionMode mode)
        : Job(of(scope)), audit_(std::move(audit)), mode_(mode) {}

    Work<bool> run(Connection* connection) override {
        RetainedRows gone;
        for (const AuditEntry& entry : audit_) {
            std::vector<Connection::Started<int>> started;
            for (const Deletion& deletion : deletions)
                started.push_back(connection->count_changed(deletion.sql, *sight().tenant, entry.session));
            bool was_there = false;
            for (std::size_t i = 0; i < started.size(); ++i) {
                const int rows = co_await started[i];
                if (rows > 0) gone[deletions[i].kind] += static_cast<std::uint64_t>(rows);
                if (deletions[i].kind == RetainedKind::session) was_there = rows > 0;
            }
            // Somebody else was quicker otherwise, and told of it.
            if (was_there) write_audit(*connection, *sight().tenant, entry);
        }
        result_ = std::move(gone);
        co_return mode_ == RetentionMode::apply;
    }

    void fail(Failure failure, std::optional<Sql>) override { result_ = std::unexpected{to_error(failure)}; }

    [[nodiscard]] Result<RetainedRows> take() { return std::move(result_); }

  private:
    const std::vector<AuditEntry> audit_;
    const RetentionMode mode_;
    Result<RetainedRows> result_;
};

/// The floor comes first: nothing above it can be deleted, and only one of several cuts moves it.
class CutChain final : public Job {
  public:
    CutChain(const TenantScope& scope, AuditCut cut) : Job(of(scope)), cut_(std::move(cut)) {}

    Work<bool> run(Connection* connection) override {
        const TenantId& tenant = *sight().tenant;
        const AuditFloor& floor = cut_.floor;
        if (cut_.from) {
            connection->change(Sql::raise_audit_floor, tenant, floor.sequence, floor.chain_hash, floor.at,
                               floor.entry, floor.signature, *cut_.from);
        } else {
            connection->execute(Sql::insert_audit_floor, tenant, floor.sequence, floor.chain_hash, floor.at,
                                floor.entry, floor.signature);
        }
        auto entries = connection->count_changed(Sql::delete_audit_entries, tenant, floor.sequence);
        connection->execute(Sql::delete_audit_chain, tenant, floor.sequence);
        write_audit(*connection, tenant, cut_.entry);
        const int gone = co_await entries;
        result_ = static_cast<std::uint64_t>(gone);
        co_return true;
    }

    void fail(Failure failure, std::optional<Sql>) override {
        const bool was_moved = failure == Failure::unique || failure == Failure::unchanged;
        if (was_moved) {
            result_ = std::nullopt;
        } else {
            result_ = std::unexpected{to_error(failure)};
        }
    }

    [[nodiscard]] Result<std::optional<std::uint64_t>> take() { return std::move(result_); }

  private:
    const AuditCut cut_;
    Result<std::optional<std::uint64_t>> result_;
};

Work<Result<std::vector<DueRetention>>> claim_due(Connection* connection, Instant now, Instant held_until,
                                                  unsigned limit) {
    std::vector<TenantId> due;
    {
        Rows rows = co_await connection->query(Sql::due_retention, now, limit);
        while (rows.next()) {
            if (auto tenant = rows.optional_id<TenantId>(0)) due.push_back(*std::move(tenant));
        }
    }
    std::vector<DueRetention> claimed;
    for (TenantId& tenant : due) {
        const int changed = co_await connection->count_changed(Sql::claim_retention, tenant, now, held_until);
        if (changed > 0) claimed.push_back({.item = QueueItem{std::move(tenant)}, .held_until = held_until});
    }
    co_return claimed;
}

class SqlRetentionStore final : public application::RetentionStore {
  public:
    explicit SqlRetentionStore(Database* database) : database_(database) {}

    Task<Result<std::vector<OverSession>>> find_over_sessions(TenantScope scope, Instant until,
                                                              std::optional<OverSession> last,
                                                              unsigned limit) override {
        auto work = [&](Connection* c) { return find_over(c, scope.tenant(), until, last, limit); };
        co_return co_await read<std::vector<OverSession>>(database_, of(scope), work);
    }

    Task<Result<RetainedRows>> delete_sessions(TenantScope scope, std::vector<AuditEntry> audit,
                                               RetentionMode mode) override {
        DeleteSessions job{scope, std::move(audit), mode};
        co_await database_->perform_write(&job);
        co_return job.take();
    }

    Task<Result<std::optional<std::uint64_t>>> cut_audit(TenantScope scope, AuditCut cut) override {
        CutChain job{scope, std::move(cut)};
        co_await database_->perform_write(&job);
        co_return job.take();
    }

    Task<Result<std::vector<DueRetention>>> claim_tenants(Instant now, Instant held_until,
                                                          unsigned limit) override {
        auto work = [=](Connection* c) { return claim_due(c, now, held_until, limit); };
        co_return co_await write<std::vector<DueRetention>>(database_, across_tenants(), work);
    }

    Task<Result<void>> put_off(DueRetention tenant, Instant next) override {
        auto work = [&](Connection* c) -> Result<void> {
            c->execute(Sql::put_off_retention, tenant.item.scope().tenant(), tenant.held_until, next);
            return {};
        };
        co_return co_await write<void>(database_, across_tenants(), work);
    }

  private:
    Database* database_;
};

}  // namespace

std::unique_ptr<application::RetentionStore> make_retention_store(Database* database) {
    return std::make_unique<SqlRetentionStore>(database);
}

}  // namespace vcare::store
