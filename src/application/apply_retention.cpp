// SPDX-License-Identifier: Apache-2.0
#include "application/apply_retention.hpp"

#include "application/ports/tenant_store.hpp"

namespace vcare::application {
namespace {

void add(RetainedRows& all, const RetainedRows& some) {
    for (const auto& [kind, rows] : some) all[kind] += rows;
}

void add(Retained& all, AuditShortened shortened) {
    if (shortened.entries > 0) all.rows[RetainedKind::audit_entry] += shortened.entries;
    all.is_more = all.is_more || shortened.is_more;
    all.audit_break = std::move(shortened.first_break);
}

}  // namespace

ApplyRetention::ApplyRetention(const Services& services, RetentionStore& store)
    : services_(services),
      store_(store),
      cut_audit_(services, store),
      ids_(services.clock, services.randomness) {
}

Task<Result<Retained>> ApplyRetention::operator()(domain::TenantScope scope, RetentionMode mode) {
    const auto until = co_await until_when(scope);
    if (!until) co_return std::unexpected{until.error()};
    Retained gone;
    std::optional<OverSession> last;
    do {
        auto deleted = co_await delete_visits(scope, until->visits, std::move(last), mode);
        if (!deleted) co_return std::unexpected{deleted.error()};
        add(gone.rows, deleted->rows);
        last = std::move(deleted->last);
    } while (last);
    do {
        auto shortened = co_await shorten_audit(scope, until->audit, mode);
        if (!shortened) co_return std::unexpected{shortened.error()};
        gone.is_more = false;
        add(gone, *std::move(shortened));
    } while (gone.is_more);
    co_return gone;
}

Task<Result<Retained>> ApplyRetention::step(domain::TenantScope scope) {
    const auto until = co_await until_when(scope);
    if (!until) co_return std::unexpected{until.error()};
    auto deleted = co_await delete_visits(scope, until->visits, std::nullopt, RetentionMode::apply);
    if (!deleted) co_return std::unexpected{deleted.error()};
    Retained gone{.rows = std::move(deleted->rows), .is_more = deleted->last.has_value()};
    auto shortened = co_await cut_audit_.cut(std::move(scope), until->audit);
    if (!shortened) co_return std::unexpected{shortened.error()};
    add(gone, *std::move(shortened));
    co_return gone;
}

Task<Result<ApplyRetention::Until>> ApplyRetention::until_when(domain::TenantScope scope) {
    const auto stored = co_await services_.tenants.load_config(std::move(scope));
    if (!stored) co_return std::unexpected{stored.error()};
    const domain::Instant now = services_.clock.now();
    co_return Until{.visits = now - domain::days{stored->config.retention_days},
                    .audit = now - domain::audit_kept_for(stored->config)};
}

Task<Result<ApplyRetention::Deleted>> ApplyRetention::delete_visits(domain::TenantScope scope,
                                                                    domain::Instant until,
                                                                    std::optional<OverSession> behind,
                                                                    RetentionMode mode) {
    const auto over = co_await store_.find_over_sessions(scope, until, std::move(behind), sessions_at_once);
    if (!over) co_return std::unexpected{over.error()};
    if (over->empty()) co_return Deleted{};
    auto rows = co_await store_.delete_sessions(std::move(scope), entries_of(*over), mode);
    if (!rows) co_return std::unexpected{rows.error()};
    Deleted deleted{.rows = *std::move(rows)};
    if (over->size() == sessions_at_once) deleted.last = over->back();
    co_return deleted;
}

Task<Result<AuditShortened>> ApplyRetention::shorten_audit(domain::TenantScope scope, domain::Instant until,
                                                           RetentionMode mode) {
    if (mode == RetentionMode::rehearse) co_return co_await cut_audit_.count(std::move(scope), until);
    co_return co_await cut_audit_.cut(std::move(scope), until);
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
