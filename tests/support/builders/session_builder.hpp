// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "domain/session.hpp"

/// Domain values for tests: each builder gives something valid, and a test states only what matters to it.
namespace vcare::testing {

using namespace vcare::domain;

/// 2026-03-02T09:00:00.000Z, the start of every visit that says nothing else.
inline constexpr Instant nine_o_clock = from_unix_ms(1772442000000);

/// The same number gives the same id.
template <class Id>
Id an_id(std::uint64_t number) {
    UlidEntropy entropy{};
    std::memcpy(entropy.data(), &number, sizeof number);
    return Id::make(nine_o_clock, entropy);
}
template <class Id>
Id an_opaque_id(std::string_view text) {
    return Id::parse(text).value();
}

inline TenantId this_clinic() {
    return an_opaque_id<TenantId>("clinic-1");
}
inline TenantId another_clinic() {
    return an_opaque_id<TenantId>("clinic-2");
}
inline PatientId the_patient_id() {
    return an_opaque_id<PatientId>("patient-1");
}
inline UserId a_user(std::string_view text) {
    return an_opaque_id<UserId>(text);
}

/// Text that a person could have typed. Whatever holds it must never be seen outside the record.
inline Phi<std::string> phi(std::string_view what) {
    return Phi<std::string>{"PHI-" + std::string{what}};
}
inline constexpr std::string_view phi_marker = "PHI-";

inline Occasion at(Instant when, std::string actor = "user-1") {
    return {.at = when, .actor = std::move(actor)};
}

inline ParticipantId the_provider() {
    return an_id<ParticipantId>(1);
}
inline ParticipantId the_patient() {
    return an_id<ParticipantId>(2);
}
inline ParticipantId the_interpreter() {
    return an_id<ParticipantId>(3);
}
inline ParticipantId the_observer() {
    return an_id<ParticipantId>(4);
}
inline ParticipantId the_second_provider() {
    return an_id<ParticipantId>(5);
}
inline ParticipantId nobody() {
    return an_id<ParticipantId>(99);
}

/// A session as the store could hold it: scheduled, with a provider and a patient, both invited.
class SessionBuilder {
  public:
    SessionBuilder()
        : data_{.id = an_id<SessionId>(1),
                .tenant = this_clinic(),
                .patient = the_patient_id(),
                .initiator = a_user("user-1"),
                .video_backend = "embedded",
                .room_name = "room-1",
                .room_url = "https://clinic.example/v/room-1",
                .scheduled_start = nine_o_clock,
                .scheduled_end = nine_o_clock + minutes{30},
                .reason_for_visit = phi("REASON"),
                .version = 7,
                .created_at = nine_o_clock - days{2},
                .updated_at = nine_o_clock - days{2}} {
        with(the_provider(), Role::provider);
        with(the_patient(), Role::patient);
    }

    /// Another person, or the one of this id in another state; stamps what that state implies.
    SessionBuilder& with(const ParticipantId& id, Role role,
                         ParticipantStatus status = ParticipantStatus::invited) {
        Participant* who = find(id);
        if (!who) {
            data_.participants.push_back(
                {.id = id,
                 .role = role,
                 .user_id = role == Role::patient ? a_user("patient-1") : a_user("user-of-" + id.text()),
                 .display_name = phi("NAME-" + std::string{to_wire(role)}),
                 .contact = {.email = phi("MAIL"), .phone = phi("PHONE")}});
            who = &data_.participants.back();
        }
        set_status(*who, status);
        return *this;
    }
    SessionBuilder& provider(ParticipantStatus status) {
        return with(the_provider(), Role::provider, status);
    }
    SessionBuilder& patient(ParticipantStatus status) { return with(the_patient(), Role::patient, status); }
    SessionBuilder& interpreter(ParticipantStatus status = ParticipantStatus::invited) {
        return with(the_interpreter(), Role::interpreter, status);
    }
    SessionBuilder& observer(ParticipantStatus status = ParticipantStatus::invited) {
        return with(the_observer(), Role::observer, status);
    }
    SessionBuilder& linked_to_patient(const ParticipantId& id) {
        find(id)->linked_to = the_patient();
        return *this;
    }

    /// Somebody waits, and nobody was admitted.
    SessionBuilder& waiting() {
        data_.status = SessionStatus::waiting;
        provider(ParticipantStatus::active);
        return patient(ParticipantStatus::waiting);
    }
    SessionBuilder& active() {
        data_.status = SessionStatus::active;
        data_.actual_start = nine_o_clock + minutes{2};
        provider(ParticipantStatus::active);
        return patient(ParticipantStatus::active);
    }
    SessionBuilder& over(SessionStatus status) {
        if (status == SessionStatus::cancelled) {
            waiting();
            data_.cancel_reason = "patient_request";
        } else {
            active();
            data_.actual_end = nine_o_clock + minutes{20};
        }
        data_.status = status;
        return *this;
    }
    SessionBuilder& in(SessionStatus status) {
        if (status == SessionStatus::waiting) return waiting();
        if (status == SessionStatus::active) return active();
        return is_terminal(status) ? over(status) : *this;
    }
    SessionBuilder& consent_pending() {
        data_.consent_pending = true;
        return *this;
    }
    SessionBuilder& scheduled_for(Instant start, Instant end) {
        data_.scheduled_start = start;
        data_.scheduled_end = end;
        return *this;
    }

    [[nodiscard]] SessionData data() const { return data_; }
    [[nodiscard]] Session build() const { return Session::restore(data_); }

  private:
    Participant* find(const ParticipantId& id) {
        for (Participant& participant : data_.participants) {
            if (participant.id == id) return &participant;
        }
        return nullptr;
    }

    void set_status(Participant& who, ParticipantStatus status) {
        using enum ParticipantStatus;
        who.status = status;
        if (status != invited && status != removed) who.joined_at = nine_o_clock - minutes{5};
        if (status == admitted || (status == active && who.role != Role::provider))
            who.admitted_at = nine_o_clock + minutes{2};
        if (status == disconnected) who.status_to_resume = waiting_or_in(who);
        if (status == removed) {
            who.removed_at = nine_o_clock;
            who.removed_reason = "PHI-REMOVED";
        }
    }
    static ParticipantStatus waiting_or_in(const Participant& who) {
        return who.admitted_at || who.role == Role::provider ? ParticipantStatus::active
                                                             : ParticipantStatus::waiting;
    }

    SessionData data_;
};

inline SessionBuilder a_session() {
    return {};
}

/// An answer that grants exactly what is asked.
inline ConsentAnswer granted(const ConsentQuestion& question) {
    return {.tenant = question.tenant, .patient = question.patient, .type = question.type, .granted = true};
}

inline TelehealthProof a_proof(std::string command, const TenantId& tenant = this_clinic(),
                               const PatientId& patient = the_patient_id()) {
    const ConsentQuestion question{tenant, patient, ConsentType::telehealth, std::move(command)};
    return ConsentGate::open<ConsentType::telehealth>(question, granted(question), false, nine_o_clock)
        .value();
}
/// A proof asked for by this command on this session, as it is now.
inline TelehealthProof a_proof_to(GatedCommand command, const Session& session,
                                  const TenantId& tenant = this_clinic()) {
    return a_proof(gated_command(command, session.data().id, session.data().version), tenant);
}
/// A proof to make this session.
inline TelehealthProof a_proof_to_create(const SessionId& id, const TenantId& tenant = this_clinic(),
                                         const PatientId& patient = the_patient_id()) {
    return a_proof(gated_command(GatedCommand::create, id, 0), tenant, patient);
}

inline ProviderPresent a_present_provider() {
    const std::vector<Participant> people = {
        {.id = the_provider(), .role = Role::provider, .status = ParticipantStatus::active}};
    const std::vector<Presence> presences = {{.participant = the_provider(), .stream_open = true}};
    return ProviderPresent::check(people, presences, nine_o_clock, seconds{60}).value();
}

/// The types of a change's events, in order.
inline std::vector<EventType> types_of(const std::vector<Event>& events) {
    std::vector<EventType> types;
    for (const Event& event : events) types.push_back(event.type);
    return types;
}

inline std::vector<std::string> types_of(const std::vector<TimelineItem>& timeline) {
    std::vector<std::string> types;
    for (const TimelineItem& item : timeline) types.push_back(item.type);
    return types;
}

/// A field of an event that holds text; empty when there is none of that name.
inline std::string text_field(const Event& event, std::string_view name) {
    for (const EventField& field : event.data) {
        const auto* text = std::get_if<std::string>(&field.value);
        if (field.name == name && text) return *text;
    }
    return {};
}

/// Everything an event says, one string after the other, to be searched.
inline std::string everything_in(const EventRecord& record) {
    std::string all;
    for (const EventField& field : record) {
        all += field.name + '\n';
        if (const auto* text = std::get_if<std::string>(&field.value)) all += *text + '\n';
        if (const auto* texts = std::get_if<std::vector<std::string>>(&field.value)) {
            for (const std::string& one : *texts) all += one + '\n';
        }
        if (const auto* records = std::get_if<std::vector<EventRecord>>(&field.value)) {
            for (const EventRecord& one : *records) all += everything_in(one);
        }
        if (const auto* one = std::get_if<EventRecord>(&field.value)) all += everything_in(*one);
    }
    return all;
}

}  // namespace vcare::testing
