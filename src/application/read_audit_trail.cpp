// SPDX-License-Identifier: Apache-2.0
#include "application/read_audit_trail.hpp"

#include <algorithm>

#include "application/ports/clock.hpp"
#include "application/ports/telemetry.hpp"
#include "application/session_desk.hpp"

namespace vcare::application {

ReadAuditTrail::ReadAuditTrail(const Services& services)
    : services_(services), ids_(services.clock, services.randomness) {
}

Result<void> ReadAuditTrail::check_room() const {
    const bool failing_for_long = failing_since_ && services_.clock.now() - *failing_since_ >= refuse_after;
    if (failing_for_long || count_ >= max_queued) return refuse_unavailable(ErrorCode::store_unavailable);
    return {};
}

AuditEntry ReadAuditTrail::entry_of(const RequestContext& request, std::string actor) {
    return {.id = ids_.next<domain::AuditId>(),
            .at = services_.clock.now(),
            .actor = std::move(actor),
            .action = {},
            .remote_address = request.remote_address,
            .trace_id = request.trace_id};
}

void ReadAuditTrail::queue(const domain::TenantScope& scope, AuditEntry entry) {
    auto [batch, is_new] = queued_.try_emplace(scope.tenant(), Batch{scope, {}});
    batch->second.entries.push_back(std::move(entry));
    ++count_;
}

Result<void> ReadAuditTrail::note(const StaffContext& context, std::string action,
                                  std::optional<domain::SessionId> session,
                                  std::optional<domain::PatientId> patient) {
    if (const auto room = check_room(); !room) return room;
    AuditEntry entry = entry_of(context.request, context.caller.user.text());
    entry.action = std::move(action);
    entry.session = std::move(session);
    entry.patient = std::move(patient);
    queue(context.scope, std::move(entry));
    return {};
}

Result<void> ReadAuditTrail::note(const VisitContext& context, std::string action,
                                  std::optional<domain::PatientId> patient) {
    if (const auto room = check_room(); !room) return room;
    AuditEntry entry = entry_of(context.request, context.participant.text());
    entry.action = std::move(action);
    entry.session = context.session;
    entry.patient = std::move(patient);
    queue(context.scope, std::move(entry));
    return {};
}

void ReadAuditTrail::note_refusal(Refusal refusal) {
    if (refusals_ >= max_refusals || count_ >= max_queued) {
        ++left_out_;
        return;
    }
    ++refusals_;
    AuditEntry entry = entry_of(refusal.request, std::move(refusal.actor));
    entry.action = std::move(refusal.action);
    entry.session = std::move(refusal.session);
    entry.outcome = std::move(refusal.outcome);
    queue(refusal.scope, std::move(entry));
}

void ReadAuditTrail::tell_of_left_out() {
    if (left_out_ == 0) return;
    services_.telemetry.log(Severity::error, "audit.refusals_left_out",
                            {{"entries", std::to_string(std::exchange(left_out_, 0))}});
}

Task<void> ReadAuditTrail::flush() {
    tell_of_left_out();
    auto batches = std::exchange(queued_, {});
    count_ = refusals_ = 0;
    for (auto& [tenant, batch] : batches) {
        const auto written = co_await services_.audit.append_reads(batch.scope, batch.entries);
        if (written) {
            failing_since_.reset();
            continue;
        }
        if (!failing_since_) failing_since_ = services_.clock.now();
        auto [kept, is_new] = queued_.try_emplace(tenant, Batch{batch.scope, {}});
        count_ += batch.entries.size();
        refusals_ += static_cast<std::size_t>(std::ranges::count_if(
            batch.entries, [](const AuditEntry& entry) { return entry.outcome != "done"; }));
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
