// SPDX-License-Identifier: Apache-2.0
#include "adapters/json/command_codec.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "adapters/json/fields.hpp"

namespace vcare::json {
namespace {

using domain::refuse_field;
using domain::Result;

template <class Word>
Word word_or(const object& from, std::string_view name, Word otherwise) {
    const auto text = find_text(from, name);
    const auto word = text ? domain::parse_wire<Word>(*text) : std::nullopt;
    return word.value_or(otherwise);
}

template <class Id>
std::optional<Id> find_id(const object& from, std::string_view name) {
    const auto text = find_text(from, name);
    return text ? Id::parse(*text) : std::nullopt;
}

std::optional<domain::Phi<std::string>> find_phi(const object& from, std::string_view name) {
    auto text = find_text(from, name);
    if (!text) return std::nullopt;
    return domain::Phi{*std::move(text)};
}

/// Nothing when the field is absent; an error when it names no point in time.
Result<std::optional<domain::Instant>> find_time(const object& from, std::string_view name) {
    const auto text = find_text(from, name);
    if (!text) return std::optional<domain::Instant>{};
    const auto at = domain::parse_rfc3339(*text);
    if (!at) return refuse_field("/" + std::string{name}, "must be a point in time (RFC 3339)");
    return at;
}

struct Times {
    domain::Instant start;
    std::optional<domain::Instant> end;
};

Result<Times> times_of(const object& body) {
    const auto start = find_time(body, "scheduledStart");
    if (!start) return std::unexpected{start.error()};
    if (!*start) return refuse_field("/scheduledStart", "is required");
    const auto end = find_time(body, "scheduledEnd");
    if (!end) return std::unexpected{end.error()};
    return Times{**start, *end};
}

domain::Contact contact_of(const object& person) {
    const auto* contact = person.if_contains("contact");
    if (contact == nullptr || !contact->is_object()) return {};
    return {.email = find_phi(contact->get_object(), "email"),
            .phone = find_phi(contact->get_object(), "phone")};
}

application::CreateSession::Person person_of(const object& person) {
    return {.role = word_or(person, "role", domain::Role::observer),
            .user = find_id<domain::UserId>(person, "userId"),
            .display_name = find_phi(person, "displayName").value_or(domain::Phi<std::string>{}),
            .contact = contact_of(person),
            .language = find_text(person, "language"),
            .linked_to_patient = person.contains("linkedTo")};
}

}  // namespace

Result<application::CreateSession::Command> to_create_session(const object& body) {
    auto patient = find_id<domain::PatientId>(body, "patientId");
    if (!patient) return refuse_field("/patientId", "is required");
    const auto times = times_of(body);
    if (!times) return std::unexpected{times.error()};
    application::CreateSession::Command command{
        .patient = *std::move(patient),
        .scheduled_start = times->start,
        .scheduled_end = times->end,
        .appointment = find_id<domain::AppointmentId>(body, "appointmentId"),
        .node = find_id<domain::NodeId>(body, "nodeId"),
        .recording_enabled = find_truth(body, "recordingEnabled").value_or(false),
        .language = find_text(body, "language"),
        .reason_for_visit = find_phi(body, "reasonForVisit")};
    if (const auto* people = body.if_contains("participants"); people != nullptr && people->is_array()) {
        command.participants.emplace();
        for (const auto& person : people->get_array())
            command.participants->push_back(person_of(person.as_object()));
    }
    return command;
}

Result<application::AddParticipant::Command> to_add_participant(const object& body, domain::SessionId session,
                                                                std::optional<std::uint64_t> version) {
    return application::AddParticipant::Command{
        .session = std::move(session),
        .version = version,
        .role = word_or(body, "role", domain::Role::observer),
        .user = find_id<domain::UserId>(body, "userId"),
        .display_name = find_phi(body, "displayName").value_or(domain::Phi<std::string>{}),
        .contact = contact_of(body),
        .language = find_text(body, "language"),
        .linked_to = find_text(body, "linkedTo")};
}

Result<application::RescheduleSession::Command> to_reschedule(const object& body, domain::SessionId session,
                                                              std::optional<std::uint64_t> version) {
    const auto times = times_of(body);
    if (!times) return std::unexpected{times.error()};
    return application::RescheduleSession::Command{.session = std::move(session),
                                                   .version = version,
                                                   .scheduled_start = times->start,
                                                   .scheduled_end = times->end};
}

Result<application::FallBack::Command> to_fall_back(const object& body, domain::SessionId session,
                                                    std::optional<std::uint64_t> version) {
    return application::FallBack::Command{.session = std::move(session),
                                          .version = version,
                                          .mode = word_or(body, "mode", domain::Mode::video),
                                          .reason = find_text(body, "reason").value_or("")};
}

std::optional<domain::seconds> to_ttl(const object& body) {
    const auto ttl = find_integer(body, "ttlSeconds");
    if (!ttl) return std::nullopt;
    return domain::seconds{*ttl};
}

bool with_linked(const object& body) {
    return find_truth(body, "withLinked").value_or(false);
}

std::optional<std::string> to_reason(const object& body) {
    return find_text(body, "reason");
}

std::optional<std::uint64_t> to_version(const object& body) {
    const auto version = find_integer(body, "version");
    if (!version) return std::nullopt;
    return static_cast<std::uint64_t>(*version);
}

std::optional<std::string> to_token(const object& body) {
    return find_text(body, "token");
}

application::ConsentChoice to_consent_choice(const object& body) {
    using application::ConsentChoice;
    return {.type = word_or(body, "type", domain::ConsentType::telehealth),
            .decision = word_or(body, "decision", ConsentChoice::Decision::refused),
            .text_version = find_text(body, "textVersion").value_or(""),
            .capacity = word_or(body, "capacity", domain::ConsentCapacity::self)};
}

std::vector<application::ConsentChoice> to_consent_choices(const object& join_body) {
    std::vector<application::ConsentChoice> choices;
    const auto* consents = join_body.if_contains("consents");
    if (consents == nullptr || !consents->is_array()) return choices;
    for (const auto& choice : consents->get_array()) choices.push_back(to_consent_choice(choice.as_object()));
    return choices;
}

application::ReportConnection::Report to_connection_report(const object& body) {
    return {.rtt_ms = find_number(body, "rttMs").value_or(0),
            .loss_pct = find_number(body, "lossPct").value_or(0),
            .kbps = find_number(body, "kbps").value_or(0),
            .media = word_or(body, "media", domain::Mode::video)};
}

Result<application::SendSignal::Command> to_signal(const object& body) {
    auto to = find_id<domain::ParticipantId>(body, "to");
    if (!to) return refuse_field("/to", "must be the id of a participant");
    const auto* payload = body.if_contains("payload");
    return application::SendSignal::Command{
        .to = *std::move(to),
        .kind = find_text(body, "kind").value_or(""),
        .payload = payload == nullptr ? std::string{} : boost::json::serialize(*payload)};
}

application::GiveWhereabouts::Command to_whereabouts(const object& body) {
    return {.address = find_phi(body, "address").value_or(domain::Phi<std::string>{}),
            .callback_number = find_phi(body, "callbackNumber").value_or(domain::Phi<std::string>{})};
}

application::GiveFeedback::Command to_feedback(const object& body) {
    return {.rating = static_cast<unsigned>(find_integer(body, "rating").value_or(0)),
            .comment = find_phi(body, "comment").value_or(domain::Phi<std::string>{})};
}

application::DeviceCheckRecord to_device_check(const object& body, domain::ParticipantId participant) {
    return {.participant = std::move(participant),
            .at = {},
            .camera = find_text(body, "camera").value_or(""),
            .microphone = find_text(body, "microphone").value_or(""),
            .speaker = find_text(body, "speaker").value_or(""),
            .rtt_ms = find_number(body, "rttMs"),
            .loss_pct = find_number(body, "lossPct"),
            .kbps = find_number(body, "kbps")};
}

Result<application::ManageConsents::Recorded> to_recorded_consent(const object& body) {
    auto patient = find_id<domain::PatientId>(body, "patientId");
    if (!patient) return refuse_field("/patientId", "is required");
    const auto expires_at = find_time(body, "expiresAt");
    if (!expires_at) return std::unexpected{expires_at.error()};
    return application::ManageConsents::Recorded{
        .patient = *std::move(patient),
        .type = word_or(body, "type", domain::ConsentType::telehealth),
        .method = word_or(body, "method", domain::ConsentMethod::verbal),
        .capacity = word_or(body, "capacity", domain::ConsentCapacity::self),
        .granted_by = find_text(body, "grantedBy"),
        .text_version = find_text(body, "textVersion"),
        .language = find_text(body, "language"),
        .expires_at = *expires_at};
}

}  // namespace vcare::json
