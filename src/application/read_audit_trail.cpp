// SPDX-License-Identifier: Apache-2.0
#include "application/read_audit_trail.hpp"

#include "application/ports/clock.hpp"
#include "application/session_desk.hpp"

namespace vcare::application {

ReadAuditTrail::ReadAuditTrail(const Services& services)
    : services_(services), ids_(services.clock, services.randomness) {
}

Result<void> ReadAuditTrail::note(const StaffContext& context, std::string action,
                                  std::optional<domain::SessionId> session,
                                  std::optional<domain::PatientId> patient) {
    const domain::Instant now = services_.clock.now();
    const bool failing_for_long = failing_since_ && now - *failing_since_ >= refuse_after;
    if (failing_for_long || count_ >= max_queued) return refuse_unavailable(ErrorCode::store_unavailable);
    auto [batch, is_new] = queued_.try_emplace(context.scope.tenant(), Batch{context.scope, {}});
    batch->second.entries.push_back({.id = ids_.next<domain::AuditId>(),
                                     .at = now,
                                     .actor = context.caller.user.text(),
                                     .action = std::move(action),
                                     .session = std::move(session),
                                     .patient = std::move(patient),
                                     .remote_address = context.request.remote_address,
                                     .trace_id = context.request.trace_id});
    ++count_;
    return {};
}

Task<void> ReadAuditTrail::flush() {
    auto batches = std::exchange(queued_, {});
    count_ = 0;
    for (auto& [tenant, batch] : batches) {
        const auto written = co_await services_.audit.append_reads(batch.scope, batch.entries);
        if (written) {
            failing_since_.reset();
            continue;
        }
        if (!failing_since_) failing_since_ = services_.clock.now();
        auto [kept, is_new] = queued_.try_emplace(tenant, Batch{batch.scope, {}});
        count_ += batch.entries.size();
        kept->second.entries.insert(kept->second.entries.begin(),
                                    std::make_move_iterator(batch.entries.begin()),
                                    std::make_move_iterator(batch.entries.end()));
    }
}

Task<void> ReadAuditTrail::run() {
    while (true) {
        co_await services_.clock.wait_for(write_every);
        co_await flush();
    }
}

}  // namespace vcare::application
