// SPDX-License-Identifier: Apache-2.0
#include "domain/session_events.hpp"

#include <algorithm>
#include <array>

#include "domain/check.hpp"

namespace vcare::domain::events {
namespace {

/// What every event of a session starts with.
EventData about(const SessionData& session) {
    EventData data;
    data.add("tenantId", session.tenant).add("sessionId", session.id);
    return data;
}

std::vector<EventRecord> people(const SessionData& session) {
    std::vector<EventRecord> records;
    for (const Participant& participant : session.participants) {
        EventData record;
        record.add("participantId", participant.id)
            .add("role", to_wire(participant.role))
            .add("userId", participant.user_id);
        records.push_back(record.take());
    }
    return records;
}

/// Every reason an event may give. A person can type anything where a reason is asked for, a diagnosis in
/// one word too, so nothing but these words leaves the session.
constexpr std::array<std::string_view, 46> reason_words = {
    // of the service itself
    "abandoned", "backend_lost", "completed", "consent_withdrawn", "failure", "fallback", "left",
    "nobody_came", "no_show_patient", "not_admitted", "provider_absent", "transport_lost",
    // of pages and of other services
    "appointment_cancelled", "bandwidth", "by_mistake", "clinic_closed", "clinician_request", "connection",
    "connection_better", "device_trouble", "duplicate", "emergency", "finished_elsewhere", "low_bandwidth",
    "moved_to_in_person", "no_longer_needed", "not_needed", "patient_deceased", "patient_request",
    "patient_wish", "poor_connection", "provider_request", "provider_unavailable", "referred",
    "removed_by_provider", "rescheduled", "safety", "scheduling_conflict", "technical_failure",
    "technical_problem", "test", "user_choice", "user_request", "weak_connection", "wrong_patient",
    "wrong_person"};

std::int64_t duration_seconds(const SessionData& session) {
    if (!session.actual_start || !session.actual_end) return 0;
    return std::chrono::duration_cast<seconds>(*session.actual_end - *session.actual_start).count();
}

std::vector<std::string> user_ids(const SessionData& session, std::optional<Role> role) {
    std::vector<std::string> ids;
    for (const Participant& participant : session.participants) {
        const bool wanted = !role || participant.role == *role;
        if (wanted && participant.user_id) ids.push_back(participant.user_id->text());
    }
    return ids;
}

/// The way there is to a person whom the clinic knows by a contact for this visit only.
std::optional<std::string> channel_of(const Participant& who) {
    if (who.user_id || who.contact.email.has_value() == who.contact.phone.has_value()) return std::nullopt;
    return who.contact.email ? "email" : "sms";
}

std::string template_of(NotificationCategory category) {
    std::string name{to_wire(category)};
    std::ranges::replace(name, '_', '-');
    return "vcare-" + name + "-v1";
}

EventRecord variables_of(const SessionData& session, const TenantConfig& config, const Notification& told,
                         const Participant& who) {
    const std::string clinics = config.languages.empty() ? "en" : config.languages.front();
    EventData variables;
    variables.add("language", language_of(session, who, clinics))
        .add("role", to_wire(who.role))
        .add("scheduledStart", session.scheduled_start)
        .add("scheduledEnd", session.scheduled_end)
        .add("timeZone", config.time_zone);
    if (told.category == NotificationCategory::cancellation)
        variables.add("reason", reason_code(session.cancel_reason.value_or("")));
    if (told.category == NotificationCategory::failure)
        variables.add("reason", reason_code(session.failure_reason.value_or("")));
    return variables.take();
}

}  // namespace

std::string_view reason_code(std::string_view reason) {
    const auto known = std::ranges::find(reason_words, reason);
    return known == reason_words.end() ? "other" : *known;
}

EventData created(const SessionData& session) {
    EventData data = about(session);
    data.add("patientId", session.patient)
        .add("appointmentId", session.appointment)
        .add("nodeId", session.node)
        .add("scheduledStart", session.scheduled_start)
        .add("scheduledEnd", session.scheduled_end)
        .add("videoBackend", session.video_backend)
        .add("participants", people(session));
    return data;
}

EventData rescheduled(const SessionData& session, Instant previous_start) {
    EventData data = about(session);
    data.add("scheduledStart", session.scheduled_start)
        .add("scheduledEnd", session.scheduled_end)
        .add("previousStart", previous_start);
    return data;
}

EventData waiting(const SessionData& session, const Participant& first, Instant at) {
    EventData data = about(session);
    data.add("participantId", first.id).add("at", at);
    return data;
}

EventData started(const SessionData& session) {
    EventData data = about(session);
    data.add("actualStart", session.actual_start);
    return data;
}

EventData ended(const SessionData& session) {
    EventData data = about(session);
    data.add("patientId", session.patient)
        .add("appointmentId", session.appointment)
        .add("actualStart", session.actual_start)
        .add("actualEnd", session.actual_end)
        .add("durationSeconds", duration_seconds(session))
        .add("reason", reason_code(session.end_reason.value_or("completed")))
        .add("participants", people(session));
    return data;
}

EventData closed(const SessionData& session, std::string_view reason) {
    EventData data = about(session);
    data.add("reason", reason_code(reason));
    return data;
}

EventData mode_changed(const SessionData& session, Mode from, std::string_view reason) {
    EventData data = about(session);
    data.add("from", to_wire(from)).add("to", to_wire(session.mode)).add("reason", reason_code(reason));
    return data;
}

EventData thread_requested(const SessionData& session, std::string_view reason) {
    EventData data = about(session);
    data.add("patientId", session.patient)
        .add("participantUserIds", user_ids(session, std::nullopt))
        .add("reason", reason);
    return data;
}

EventData participant(const SessionData& session, const Participant& who, Instant at,
                      const std::optional<std::string>& reason) {
    EventData data = about(session);
    data.add("participantId", who.id).add("role", to_wire(who.role)).add("at", at);
    if (reason) data.add("reason", reason_code(*reason));
    return data;
}

EventData link_requested(const SessionData& session, const Participant& who) {
    EventData data = about(session);
    data.add("participantId", who.id);
    return data;
}

EventData notification_requested(const SessionData& session, const TenantConfig& config,
                                 const Notification& told, Instant at) {
    const auto who = std::ranges::find(session.participants, told.participant, &Participant::id);
    VCARE_CHECK(who != session.participants.end(), "whoever is told is a participant of the session");
    EventData data = about(session);
    data.add("participantId", who->id)
        .add("category", to_wire(told.category))
        .add("channel", channel_of(*who))
        .add("recipientRef", who->user_id ? who->user_id->text() : who->id.text())
        .add("templateKey", template_of(told.category))
        .add("variables", variables_of(session, config, told, *who))
        .add("expiresAt", expiry_of(told.category, session, config, at));
    return data;
}

EventData encounter_created(const SessionData& session, int attempts) {
    EventData data = about(session);
    data.add("encounterId", session.encounter_id).add("attempts", static_cast<std::int64_t>(attempts));
    return data;
}

EventData billing(const SessionData& session) {
    EventData data = about(session);
    data.add("encounterId", session.encounter_id)
        .add("patientId", session.patient)
        .add("appointmentId", session.appointment)
        .add("durationSeconds", duration_seconds(session))
        .add("mode", to_wire(session.mode))
        .add("providerIds", user_ids(session, Role::provider));
    return data;
}

}  // namespace vcare::domain::events
