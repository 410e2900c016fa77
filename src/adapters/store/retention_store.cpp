// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "adapters/store/stores.hpp"
#include "adapters/store/unit_writer.hpp"

namespace vcare::store {
namespace {

using namespace domain;
using application::AuditEntry;
using application::OverSession;
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
    DeleteSessions(const TenantScope& scope, std::vector<SessionId> sessions, std::vector<AuditEntry> audit,
                   RetentionMode mode)
        : Job(of(scope)), sessions_(std::move(sessions)), audit_(std::move(audit)), mode_(mode) {}

    Work<bool> run(Connection* connection) override {
        RetainedRows gone;
        for (const SessionId& session : sessions_) {
            std::vector<Connection::Started<int>> started;
            for (const Deletion& deletion : deletions)
                started.push_back(connection->count_changed(deletion.sql, *sight().tenant, session));
            for (std::size_t i = 0; i < started.size(); ++i) {
                const int rows = co_await started[i];
                if (rows > 0) gone[deletions[i].kind] += static_cast<std::uint64_t>(rows);
            }
        }
        for (const AuditEntry& entry : audit_) write_audit(*connection, *sight().tenant, entry);
        result_ = std::move(gone);
        co_return mode_ == RetentionMode::apply;
    }

    void fail(Failure failure, std::optional<Sql>) override { result_ = std::unexpected{to_error(failure)}; }

    [[nodiscard]] Result<RetainedRows> take() { return std::move(result_); }

  private:
    const std::vector<SessionId> sessions_;
    const std::vector<AuditEntry> audit_;
    const RetentionMode mode_;
    Result<RetainedRows> result_;
};

class SqlRetentionStore final : public application::RetentionStore {
  public:
    explicit SqlRetentionStore(Database* database) : database_(database) {}

    Task<Result<std::vector<OverSession>>> find_over_sessions(TenantScope scope, Instant until,
                                                              std::optional<OverSession> last,
                                                              unsigned limit) override {
        auto work = [&](Connection* c) { return find_over(c, scope.tenant(), until, last, limit); };
        co_return co_await read<std::vector<OverSession>>(database_, of(scope), work);
    }

    Task<Result<RetainedRows>> delete_sessions(TenantScope scope, std::vector<SessionId> sessions,
                                               std::vector<AuditEntry> audit, RetentionMode mode) override {
        DeleteSessions job{scope, std::move(sessions), std::move(audit), mode};
        co_await database_->perform_write(&job);
        co_return job.take();
    }

  private:
    Database* database_;
};

}  // namespace

std::unique_ptr<application::RetentionStore> make_retention_store(Database* database) {
    return std::make_unique<SqlRetentionStore>(database);
}

}  // namespace vcare::store
