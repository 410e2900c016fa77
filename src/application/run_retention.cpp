// SPDX-License-Identifier: Apache-2.0
#include "application/run_retention.hpp"

#include "application/ports/telemetry.hpp"

namespace vcare::application {

Task<Result<Round>> RunRetention::run_once() {
    const domain::Instant now = services_.clock.now();
    auto due = co_await store_.claim_tenants(now, now + lease, tenants_at_once);
    if (!due) co_return std::unexpected{due.error()};
    bool has_deleted = false;
    for (DueRetention& tenant : *due) {
        const domain::TenantId id = tenant.item.scope().tenant();
        const auto gone = co_await apply_.step(tenant.item.scope());
        if (!gone) {
            // The claim runs out, and it is tried again.
            services_.telemetry.log(
                Severity::warning, "retention.put_off",
                {{"tenant", id.text()}, {"code", std::string{domain::info_of(gone.error().code).wire}}});
            continue;
        }
        tell(id, *gone);
        has_deleted = has_deleted || !gone->rows.empty();
        const domain::Instant next = gone->is_more ? now : services_.clock.now() + look_again_after;
        const auto put_off = co_await store_.put_off(std::move(tenant), next);
        if (!put_off) co_return std::unexpected{put_off.error()};
    }
    // Tenants that have nothing to delete do not make the others wait for a round of theirs.
    const bool goes_on = due->size() == tenants_at_once && !has_deleted;
    co_return goes_on ? Round::more : Round::idle;
}

void RunRetention::tell(const domain::TenantId& tenant, const Retained& gone) {
    for (const auto& [kind, rows] : gone.rows)
        services_.telemetry.count(Metric::retention_deleted, {{"kind", domain::to_wire(kind)}},
                                  static_cast<double>(rows));
    if (gone.audit_break)
        services_.telemetry.log(Severity::error, "audit.broken",
                                {{"tenant", tenant.text()},
                                 {"sequence", std::to_string(gone.audit_break->sequence)},
                                 {"problem", gone.audit_break->reason}});
}

}  // namespace vcare::application
