// SPDX-License-Identifier: Apache-2.0
#include "application/unit_builder.hpp"

#include <algorithm>

#include "domain/session_events.hpp"

namespace vcare::application {
namespace {

/// When the sweeper has to look next: at the latest when whoever is expected to be connected could be lost,
/// or when the visit would wait in vain. It decides then what is really due.
std::optional<domain::Instant> next_look(const domain::SessionData& session,
                                         const domain::TenantConfig& config, domain::Instant now) {
    if (domain::is_terminal(session.status)) return std::nullopt;
    const bool somebody_is_here = std::ranges::any_of(session.participants, [](const auto& participant) {
        return participant.status == domain::ParticipantStatus::waiting || participant.is_in_the_visit();
    });
    const bool is_active = session.status == domain::SessionStatus::active;
    const domain::Instant in_vain = session.scheduled_end + config.join_window_after;
    const domain::Instant lost = now + config.grace_reconnect;
    if (is_active) return lost;
    return somebody_is_here ? std::min(lost, in_vain) : in_vain;
}

}  // namespace

UnitBuilder::UnitBuilder(const Services& services, RequestContext request, domain::Occasion occasion)
    : ids_(services.clock, services.randomness),
      notifying_(services.notifying.by),
      request_(std::move(request)),
      occasion_(std::move(occasion)) {
    unit_.at = occasion_.at;
}

void UnitBuilder::add(domain::Session& session, const domain::TenantConfig& config) {
    domain::SessionChange change = session.take_change();
    for (domain::Event& event : change.events) add(std::move(event));
    change.events.clear();
    if (domain::is_terminal(session.data().status) && change.versioned) {
        for (const auto& participant : session.data().participants)
            unit_.voided_credentials.push_back(participant.id);
    }
    if (notifying_ != Notifying::By::nobody) {
        for (domain::Notification& told : domain::notifications_of(session.data(), change, config, occasion_))
            tell(std::move(told), session.data(), config);
        if (domain::changes_reminders(change))
            unit_.reminders.push_back({.session = session.data().id,
                                       .due = domain::next_reminder(session.data(), config, occasion_.at)});
    }
    auto due = next_look(session.data(), config, occasion_.at);
    if (due && look_at_) due = std::min(*due, *look_at_);
    unit_.sessions.push_back({.after = session.data(), .change = std::move(change), .due = due});
}

void UnitBuilder::add(domain::Event event) {
    unit_.outbox.push_back(entry_of(std::move(event)));
}

void UnitBuilder::tell(domain::Notification told, const domain::SessionData& session,
                       const domain::TenantConfig& config) {
    if (notifying_ == Notifying::By::nobody) return;
    NotificationWrite write{.session = session.id, .told = std::move(told)};
    if (notifying_ == Notifying::By::events) {
        auto data = domain::events::notification_requested(session, config, write.told, occasion_.at);
        write.intent = entry_of({.type = domain::EventType::notification_requested,
                                 .subject = session.id.text(),
                                 .session = session.id.text(),
                                 .data = data.take()});
    }
    unit_.notifications.push_back(std::move(write));
}

OutboxEntry UnitBuilder::entry_of(domain::Event event) {
    return {.id = ids_.next<domain::EventId>(),
            .event = std::move(event),
            .at = occasion_.at,
            .actor = occasion_.actor,
            .correlation_id = request_.request_id,
            .traceparent = request_.trace.to_traceparent()};
}

void UnitBuilder::audit(std::string action, std::optional<domain::SessionId> session,
                        std::optional<domain::PatientId> patient) {
    unit_.audit.push_back({.id = ids_.next<domain::AuditId>(),
                           .at = occasion_.at,
                           .actor = occasion_.actor,
                           .action = std::move(action),
                           .session = std::move(session),
                           .patient = std::move(patient),
                           .remote_address = request_.remote_address,
                           .trace_id = request_.trace_id});
}

}  // namespace vcare::application
