// SPDX-License-Identifier: Apache-2.0
#include "application/apply_retention.hpp"

#include "application/ports/tenant_store.hpp"

namespace vcare::application {
namespace {

/// So many sessions a transaction: a writer of a visit that goes on waits for it, at most for milliseconds.
constexpr unsigned sessions_at_once = 50;

std::vector<domain::SessionId> ids_of(const std::vector<OverSession>& sessions) {
    std::vector<domain::SessionId> ids;
    ids.reserve(sessions.size());
    for (const OverSession& session : sessions) ids.push_back(session.id);
    return ids;
}

}  // namespace

ApplyRetention::ApplyRetention(const Services& services, RetentionStore& store)
    : services_(services), store_(store), ids_(services.clock, services.randomness) {
}

Task<Result<RetainedRows>> ApplyRetention::operator()(domain::TenantScope scope, RetentionMode mode) {
    const auto stored = co_await services_.tenants.load_config(scope);
    if (!stored) co_return std::unexpected{stored.error()};
    const domain::Instant until = services_.clock.now() - domain::days{stored->config.retention_days};
    RetainedRows gone;
    std::optional<OverSession> last;
    bool was_full = true;
    while (was_full) {
        const auto over = co_await store_.find_over_sessions(scope, until, last, sessions_at_once);
        if (!over) co_return std::unexpected{over.error()};
        if (over->empty()) break;
        const auto deleted = co_await store_.delete_sessions(scope, ids_of(*over), entries_of(*over), mode);
        if (!deleted) co_return std::unexpected{deleted.error()};
        for (const auto& [kind, rows] : *deleted) gone[kind] += rows;
        last = over->back();
        was_full = over->size() == sessions_at_once;
    }
    co_return gone;
}

std::vector<AuditEntry> ApplyRetention::entries_of(const std::vector<OverSession>& sessions) {
    std::vector<AuditEntry> entries;
    for (const OverSession& session : sessions) {
        entries.push_back({.id = ids_.next<domain::AuditId>(),
                           .at = services_.clock.now(),
                           .actor = "system:retention",
                           .action = "session.delete",
                           .session = session.id,
                           .patient = session.patient});
    }
    return entries;
}

}  // namespace vcare::application
