// SPDX-License-Identifier: Apache-2.0
#include "domain/session.hpp"

#include <algorithm>

#include "domain/check.hpp"
#include "domain/session_events.hpp"

namespace vcare::domain {
namespace {

constexpr std::string_view no_show_patient = "no_show_patient";
constexpr std::string_view provider_absent = "provider_absent";
constexpr std::string_view not_admitted = "not_admitted";
constexpr std::string_view nobody_came = "nobody_came";

Result<void> check_people(std::span<const NewParticipant> people, unsigned max_participants) {
    const auto count = [&](Role role) { return std::ranges::count(people, role, &NewParticipant::role); };
    if (count(Role::patient) > 1) return refuse(ErrorCode::duplicate_patient);
    VCARE_CHECK(count(Role::patient) == 1, "the use case adds the patient where the request names none");
    if (people.size() > max_participants) return refuse(ErrorCode::max_participants_exceeded);
    return {};
}

Participant to_participant(NewParticipant person) {
    return Participant{.id = std::move(person.id),
                       .role = person.role,
                       .user_id = std::move(person.user_id),
                       .display_name = std::move(person.display_name),
                       .contact = std::move(person.contact),
                       .language = std::move(person.language),
                       .linked_to = std::move(person.linked_to)};
}

/// How many people count against the limit.
unsigned count_present(const SessionData& session) {
    return static_cast<unsigned>(std::ranges::count_if(
        session.participants, [](const Participant& participant) { return !participant.is_removed(); }));
}

bool came(const SessionData& session, Role role) {
    return std::ranges::any_of(session.participants, [role](const Participant& participant) {
        return participant.role == role && participant.joined_at.has_value();
    });
}

}  // namespace

std::string gated_command(GatedCommand command, const SessionId& session, std::uint64_t version) {
    return std::string{to_wire(command)} + ' ' + session.text() + ' ' + std::to_string(version);
}

std::string language_of(const SessionData& session, const Participant& who, std::string_view otherwise) {
    if (who.language) return *who.language;
    return session.language.value_or(std::string{otherwise});
}

std::string_view expiry_reason(const SessionData& session) {
    const bool provider_came = came(session, Role::provider);
    const bool patient_came = came(session, Role::patient);
    if (provider_came && patient_came) return not_admitted;
    if (provider_came) return no_show_patient;
    return patient_came ? provider_absent : nobody_came;
}

Result<Session> Session::create(Plan plan, std::optional<TelehealthProof> consent, const TenantConfig& config,
                                const Occasion& occasion) {
    const bool may_follow = config.telehealth_consent_at == TelehealthConsentAt::join;
    if (!consent && !may_follow) return refuse(ErrorCode::consent_required);
    const std::string command = gated_command(GatedCommand::create, plan.data.id, 0);
    if (consent && !consent->covers(plan.data.tenant, plan.data.patient, command))
        return refuse(ErrorCode::consent_required);
    if (const auto fits = check_people(plan.participants, config.max_participants); !fits)
        return std::unexpected{fits.error()};

    Session session{std::move(plan.data)};
    session.data_.status = SessionStatus::scheduled;
    session.data_.version = 1;
    session.data_.consent_pending = !consent;
    session.data_.created_at = session.data_.updated_at = occasion.at;
    session.change_.versioned = true;
    session.note("session.created", occasion);
    for (NewParticipant& person : plan.participants)
        session.data_.participants.push_back(to_participant(std::move(person)));
    session.tell(EventType::session_created, events::created(session.data_));
    for (Participant& participant : session.data_.participants) {
        session.note("participant.invited", participant, occasion);
        session.tell(EventType::participant_invited,
                     events::participant(session.data_, participant, occasion.at));
    }
    return session;
}

Session Session::restore(SessionData data) {
    Session session{std::move(data)};
    session.change_.previous_version = session.data_.version;
    session.change_.status_before = session.data_.status;
    return session;
}

const Participant* Session::find(const ParticipantId& id) const {
    const auto found = std::ranges::find(data_.participants, id, &Participant::id);
    return found == data_.participants.end() ? nullptr : &*found;
}

Participant* Session::find_mutable(const ParticipantId& id) {
    return const_cast<Participant*>(find(id));  // this object is not const here
}

const Participant& Session::patient() const {
    const auto found = std::ranges::find(data_.participants, Role::patient, &Participant::role);
    VCARE_CHECK(found != data_.participants.end(), "create refuses a session without a patient");
    return *found;
}

Result<void> Session::reschedule(Instant start, Instant end, const Occasion& occasion) {
    if (const auto moved = advance(SessionCommand::reschedule); !moved) return moved;
    const Instant previous_start = data_.scheduled_start;
    data_.scheduled_start = start;
    data_.scheduled_end = end;
    bump(occasion);
    note("session.rescheduled", occasion);
    tell(EventType::session_rescheduled, events::rescheduled(data_, previous_start));
    return {};
}

Result<void> Session::join(const ParticipantId& id, std::optional<TelehealthProof> consent,
                           const TenantConfig& config, const Occasion& occasion) {
    Participant* who = find_mutable(id);
    if (!who) return refuse(ErrorCode::participant_not_found);
    const bool is_patient = who->role == Role::patient;
    const bool may_follow = config.telehealth_consent_at == TelehealthConsentAt::join;
    if (is_patient && !consent && !may_follow) return refuse(ErrorCode::consent_required);
    if (consent && !is_opened_by(*consent, GatedCommand::join)) return refuse(ErrorCode::consent_required);
    const auto next = next_status(who->status, ParticipantCommand::join);
    if (!next) return std::unexpected{next.error()};
    const SessionStatus before = data_.status;
    if (const auto moved = advance(SessionCommand::join); !moved) return moved;

    if (*next == ParticipantStatus::disconnected) {
        who->status = who->status_to_resume.value_or(ParticipantStatus::waiting);
    } else {
        who->status = *next;
    }
    if (who->role == Role::provider) who->status = ParticipantStatus::active;
    who->status_to_resume.reset();
    who->left_at.reset();
    if (!who->joined_at) who->joined_at = occasion.at;
    if (is_patient) data_.consent_pending = !consent;
    bump(occasion);
    note("participant.joined", *who, occasion);
    if (before == SessionStatus::scheduled)
        tell(EventType::session_waiting, events::waiting(data_, *who, occasion.at));
    tell(EventType::participant_joined, events::participant(data_, *who, occasion.at));
    let_in_bypassing(config, occasion);
    return {};
}

void Session::let_in_bypassing(const TenantConfig& config, const Occasion& occasion) {
    if (!config.interpreter_bypasses_waiting_room) return;
    const bool provider_is_in = std::ranges::any_of(data_.participants, [](const Participant& participant) {
        return participant.role == Role::provider && participant.status == ParticipantStatus::active;
    });
    if (!provider_is_in) return;
    for (Participant& participant : data_.participants) {
        const bool waits = participant.status == ParticipantStatus::waiting;
        if (participant.role == Role::interpreter && waits) let_in(participant, occasion);
    }
}

bool Session::is_opened_by(const TelehealthProof& consent, GatedCommand command) const {
    return consent.covers(data_.tenant, data_.patient, gated_command(command, data_.id, data_.version));
}

Result<void> Session::take_seat(const ParticipantId& id, const UserId& user) {
    Participant* who = find_mutable(id);
    if (!who) return refuse(ErrorCode::participant_not_found);
    const bool is_free_provider_seat = who->role == Role::provider && !who->user_id;
    if (!is_free_provider_seat) return refuse(ErrorCode::access_denied);
    who->user_id = user;
    return {};
}

Result<void> Session::may_admit(const ParticipantId& id) const {
    const Participant* who = find(id);
    if (!who) return refuse(ErrorCode::participant_not_found);
    const auto command =
        who->role == Role::patient ? SessionCommand::admit_patient : SessionCommand::admit_other;
    if (const auto next = next_status(data_.status, command); !next) return std::unexpected{next.error()};
    if (who->status != ParticipantStatus::waiting) return refuse(ErrorCode::participant_not_in_waiting_room);
    return {};
}

Result<void> Session::admit_patient(bool with_linked, TelehealthProof consent, const ProviderPresent&,
                                    const Occasion& occasion) {
    Participant* who = find_mutable(patient().id);
    if (const auto may = may_admit(who->id); !may) return may;
    if (!is_opened_by(consent, GatedCommand::admit)) return refuse(ErrorCode::consent_required);
    const bool starts = data_.status == SessionStatus::waiting;
    if (const auto moved = advance(SessionCommand::admit_patient); !moved) return moved;

    data_.consent_pending = false;
    bump(occasion);
    if (starts) {
        data_.actual_start = occasion.at;
        note("session.started", occasion);
        tell(EventType::session_started, events::started(data_));
    }
    let_in(*who, occasion);
    for (Participant& other : data_.participants) {
        const bool is_linked_and_waits =
            other.linked_to == who->id && other.status == ParticipantStatus::waiting;
        if (with_linked && is_linked_and_waits) let_in(other, occasion);
    }
    return {};
}

Result<void> Session::admit_other(const ParticipantId& id, const ProviderPresent&, const Occasion& occasion) {
    Participant* who = find_mutable(id);
    if (!who) return refuse(ErrorCode::participant_not_found);
    VCARE_CHECK(who->role != Role::patient, "the patient is admitted with a proof, by admit_patient");
    if (const auto may = may_admit(id); !may) return may;
    if (const auto moved = advance(SessionCommand::admit_other); !moved) return moved;
    bump(occasion);
    let_in(*who, occasion);
    return {};
}

void Session::let_in(Participant& who, const Occasion& occasion) {
    who.status = ParticipantStatus::admitted;
    if (!who.admitted_at) who.admitted_at = occasion.at;
    note("participant.admitted", who, occasion);
    tell(EventType::participant_admitted, events::participant(data_, who, occasion.at));
}

Result<void> Session::add_participant(NewParticipant person, unsigned max_participants,
                                      const Occasion& occasion) {
    if (person.role == Role::patient) return refuse(ErrorCode::duplicate_patient);
    if (const auto moved = next_status(data_.status, SessionCommand::add_participant); !moved)
        return std::unexpected{moved.error()};
    if (count_present(data_) >= max_participants) return refuse(ErrorCode::max_participants_exceeded);
    if (person.linked_to && !find(*person.linked_to))
        return refuse_field("/linkedTo", "must be the id of a participant of this session");

    bump(occasion);
    data_.participants.push_back(to_participant(std::move(person)));
    Participant& added = data_.participants.back();
    note("participant.invited", added, occasion);
    tell(EventType::participant_invited, events::participant(data_, added, occasion.at));
    return {};
}

Result<void> Session::remove_participant(const ParticipantId& id, std::string reason,
                                         const Occasion& occasion) {
    Participant* who = find_mutable(id);
    if (!who) return refuse(ErrorCode::participant_not_found);
    const auto next = next_status(who->status, ParticipantCommand::remove);
    if (!next) return std::unexpected{next.error()};
    const bool another_provider = std::ranges::any_of(data_.participants, [&](const Participant& other) {
        return other.role == Role::provider && !other.is_removed() && other.id != id;
    });
    if (who->role == Role::provider && !another_provider)
        return refuse(ErrorCode::invalid_status_transition,
                      "The last provider of a session cannot be removed.");
    if (const auto moved = advance(SessionCommand::remove_participant); !moved) return moved;

    who->status = *next;
    who->removed_at = occasion.at;
    who->removed_reason = reason;
    who->status_to_resume.reset();
    bump(occasion);
    note("participant.removed", *who, occasion, reason);
    tell(EventType::participant_removed, events::participant(data_, *who, occasion.at, reason));
    return {};
}

Result<void> Session::reinvite(const ParticipantId& id, unsigned max_participants, const Occasion& occasion) {
    Participant* who = find_mutable(id);
    if (!who) return refuse(ErrorCode::participant_not_found);
    const auto next = next_status(who->status, ParticipantCommand::reinvite);
    if (!next) return std::unexpected{next.error()};
    if (const auto goes = next_status(data_.status, SessionCommand::reinvite); !goes)
        return std::unexpected{goes.error()};
    if (count_present(data_) >= max_participants) return refuse(ErrorCode::max_participants_exceeded);
    if (const auto moved = advance(SessionCommand::reinvite); !moved) return moved;
    who->status = *next;
    who->removed_at.reset();
    who->removed_reason.reset();
    bump(occasion);
    note("participant.invited", *who, occasion);
    tell(EventType::participant_invited, events::participant(data_, *who, occasion.at));
    return {};
}

Result<void> Session::leave(const ParticipantId& id, const Occasion& occasion) {
    Participant* who = find_mutable(id);
    if (!who) return refuse(ErrorCode::participant_not_found);
    const auto next = next_status(who->status, ParticipantCommand::leave);
    if (!next) return std::unexpected{next.error()};
    if (const auto moved = advance(SessionCommand::leave); !moved) return moved;
    who->status = *next;
    who->status_to_resume = ParticipantStatus::waiting;
    who->connection = ConnectionQuality::unknown;
    who->left_at = occasion.at;
    bump(occasion);
    note("participant.left", *who, occasion);
    tell(EventType::participant_disconnected, events::participant(data_, *who, occasion.at, "left"));
    return {};
}

Result<void> Session::grant_consent(const Occasion& occasion) {
    if (!data_.consent_pending) return {};
    if (const auto moved = advance(SessionCommand::grant_consent); !moved) return moved;
    data_.consent_pending = false;
    bump(occasion);
    note("consent.granted", occasion, "telehealth");
    return {};
}

Result<void> Session::withdraw_consent(const Occasion& occasion) {
    const auto next = next_status(data_.status, SessionCommand::withdraw_consent);
    if (!next) return std::unexpected{next.error()};
    bump(occasion);
    data_.consent_pending = true;
    note("consent.withdrawn", occasion, "telehealth");
    if (*next != data_.status) close(*next, std::string{consent_withdrawn}, occasion);
    return {};
}

Result<void> Session::fall_back(Mode to, std::string_view reason, const Occasion& occasion) {
    if (const auto moved = advance(SessionCommand::fall_back); !moved) return moved;
    if (to == data_.mode) return {};
    const Mode from = data_.mode;
    data_.mode = to;
    bump(occasion);
    note("session.mode_changed", occasion, std::string{to_wire(to)});
    tell(EventType::session_mode_changed, events::mode_changed(data_, from, reason));
    if (to == Mode::async_text)
        tell(EventType::messaging_thread_requested, events::thread_requested(data_, "fallback"));
    return {};
}

Result<void> Session::end(std::string reason, const Occasion& occasion) {
    if (data_.status == SessionStatus::ended) return {};
    const auto next = next_status(data_.status, SessionCommand::end);
    if (!next) return std::unexpected{next.error()};
    close(*next, std::move(reason), occasion);
    return {};
}

Result<void> Session::cancel(std::string reason, const Occasion& occasion) {
    if (data_.status == SessionStatus::cancelled) return {};
    const auto next = next_status(data_.status, SessionCommand::cancel);
    if (!next) return std::unexpected{next.error()};
    close(*next, std::move(reason), occasion);
    return {};
}

Result<void> Session::bar_user(const UserId& user, const std::string& reason, const Occasion& occasion) {
    if (const auto open = goes_on(); !open) return open;
    for (Participant& who : data_.participants) {
        if (who.user_id != user || who.is_removed()) continue;
        const bool is_removed = remove_participant(who.id, reason, occasion).has_value();
        if (is_removed) continue;
        // The last provider: nobody joins an empty seat but a clinician who makes it theirs.
        who.user_id.reset();
        who.display_name = {};
        who.status = ParticipantStatus::invited;
        who.status_to_resume.reset();
        who.left_at = occasion.at;
        bump(occasion);
        note("participant.removed", who, occasion, reason);
        tell(EventType::participant_removed, events::participant(data_, who, occasion.at, reason));
    }
    return {};
}

Result<void> Session::merge_patient(const PatientId& into, const Occasion& occasion) {
    if (const auto open = goes_on(); !open) return open;
    const PatientId from = std::exchange(data_.patient, into);
    for (Participant& who : data_.participants) {
        const bool is_patients_seat = who.role == Role::patient && who.user_id;
        if (is_patients_seat && who.user_id->text() == from.text()) who.user_id = UserId::parse(into.text());
    }
    bump(occasion);
    note("patient.merged", *find_mutable(patient().id), occasion);
    return {};
}

Result<void> Session::expire(const Occasion& occasion) {
    const auto next = next_status(data_.status, SessionCommand::expire);
    if (!next) return std::unexpected{next.error()};
    close(*next, std::string{expiry_reason(data_)}, occasion);
    return {};
}

Result<void> Session::abandon(const Occasion& occasion) {
    const auto next = next_status(data_.status, SessionCommand::abandon);
    if (!next) return std::unexpected{next.error()};
    close(*next, "abandoned", occasion);
    return {};
}

Result<void> Session::fail(std::string reason, const Occasion& occasion) {
    const auto next = next_status(data_.status, SessionCommand::fail);
    if (!next) return std::unexpected{next.error()};
    close(*next, std::move(reason), occasion);
    tell(EventType::messaging_thread_requested, events::thread_requested(data_, "failure"));
    return {};
}

/// Every way a session finishes. Everybody who was in is stamped, which also makes whoever changes one of
/// them at the same moment lose.
void Session::close(SessionStatus status, std::string reason, const Occasion& occasion) {
    data_.status = status;
    bump(occasion);
    if (status != SessionStatus::cancelled) data_.actual_end = occasion.at;
    if (status == SessionStatus::cancelled) data_.cancel_reason = reason;
    if (status == SessionStatus::failed) data_.failure_reason = reason;
    if (status == SessionStatus::ended) data_.end_reason = reason;
    note("session." + std::string{to_wire(status)}, occasion, reason);
    for (Participant& participant : data_.participants) {
        const bool was_here = participant.status != ParticipantStatus::invited && !participant.is_removed();
        if (!was_here) continue;
        if (!participant.left_at) participant.left_at = occasion.at;
        note("participant.left", participant, occasion);
    }
    change_.owes_encounter = was_active();
    if (status == SessionStatus::ended) tell(EventType::session_ended, events::ended(data_));
    if (status == SessionStatus::cancelled) tell(EventType::session_cancelled, events::closed(data_, reason));
    if (status == SessionStatus::failed) tell(EventType::session_failed, events::closed(data_, reason));
}

Result<void> Session::join_media(const ParticipantId& id, const Occasion& occasion) {
    Participant* who = find_mutable(id);
    if (!who) return refuse(ErrorCode::participant_not_found);
    if (const auto open = goes_on(); !open) return open;
    if (who->status == ParticipantStatus::active) return {};
    const auto next = next_status(who->status, ParticipantCommand::join_media);
    if (!next) return std::unexpected{next.error()};
    who->status = *next;
    note("participant.media_joined", *who, occasion);
    return {};
}

Result<void> Session::lose_transport(const ParticipantId& id, const Occasion& occasion) {
    Participant* who = find_mutable(id);
    if (!who) return refuse(ErrorCode::participant_not_found);
    if (const auto open = goes_on(); !open) return open;
    const auto next = next_status(who->status, ParticipantCommand::lose_transport);
    if (!next) return std::unexpected{next.error()};
    who->status_to_resume = who->status;
    who->status = *next;
    who->connection = ConnectionQuality::unknown;
    note("participant.disconnected", *who, occasion);
    tell(EventType::participant_disconnected,
         events::participant(data_, *who, occasion.at, "transport_lost"));
    return {};
}

Result<void> Session::come_back(const ParticipantId& id, const Occasion& occasion) {
    Participant* who = find_mutable(id);
    if (!who) return refuse(ErrorCode::participant_not_found);
    if (const auto open = goes_on(); !open) return open;
    if (who->status != ParticipantStatus::disconnected) return {};
    who->status = who->status_to_resume.value_or(ParticipantStatus::waiting);
    who->status_to_resume.reset();
    note("participant.reconnected", *who, occasion);
    tell(EventType::participant_joined, events::participant(data_, *who, occasion.at));
    return {};
}

Result<void> Session::report_connection(const ParticipantId& id, ConnectionQuality quality, Mode media,
                                        const Occasion& occasion) {
    Participant* who = find_mutable(id);
    if (!who) return refuse(ErrorCode::participant_not_found);
    if (const auto open = goes_on(); !open) return open;
    if (who->connection == quality && who->media_mode == media) return {};
    who->connection = quality;
    who->media_mode = media;
    note("participant.connection", *who, occasion, std::string{to_wire(quality)});
    return {};
}

Result<void> Session::ask_for_link(const ParticipantId& id, const Occasion& occasion) {
    Participant* who = find_mutable(id);
    if (!who) return refuse(ErrorCode::participant_not_found);
    note("link.requested", *who, occasion);
    tell(EventType::link_requested, events::link_requested(data_, *who));
    return {};
}

Result<void> Session::open_link(const ParticipantId& id, const Occasion& occasion) {
    Participant* who = find_mutable(id);
    if (!who) return refuse(ErrorCode::participant_not_found);
    if (who->link_opened_at) return {};
    who->link_opened_at = occasion.at;
    note("link.opened", *who, occasion);
    return {};
}

Result<void> Session::keep_encounter(std::string encounter_id, int attempts, const Occasion& occasion) {
    VCARE_CHECK(is_terminal(data_.status), "an Encounter is owed when a session is over, not before");
    if (data_.encounter_id) return {};
    data_.encounter_id = std::move(encounter_id);
    note("encounter.created", occasion);
    tell(EventType::encounter_created, events::encounter_created(data_, attempts));
    tell(EventType::billing_session_completed, events::billing(data_));
    return {};
}

Result<void> Session::keep_thread(std::string thread_id, const Occasion& occasion) {
    if (data_.messaging_thread_id == thread_id) return {};
    data_.messaging_thread_id = std::move(thread_id);
    note("messaging.thread_created", occasion);
    return {};
}

SessionChange Session::take_change() {
    SessionChange next{.previous_version = data_.version, .status_before = data_.status};
    return std::exchange(change_, std::move(next));
}

/// Moves to where the command leads; refuses and stays where it does not.
Result<void> Session::advance(SessionCommand command) {
    const auto next = next_status(data_.status, command);
    if (!next) return std::unexpected{next.error()};
    data_.status = *next;
    return {};
}

Result<void> Session::goes_on() const {
    if (!is_terminal(data_.status)) return {};
    return refuse(ErrorCode::invalid_status_transition, "The session is over.");
}

void Session::bump(const Occasion& occasion) {
    data_.updated_at = occasion.at;
    if (change_.versioned) return;  // one unit of work adds one, however many steps it has
    change_.versioned = true;
    change_.previous_version = data_.version;
    data_.version += 1;
}

void Session::note(std::string type, const Occasion& occasion, std::optional<std::string> detail) {
    change_.timeline.push_back(
        {.type = std::move(type), .at = occasion.at, .actor = occasion.actor, .detail = std::move(detail)});
}

void Session::note(std::string type, Participant& who, const Occasion& occasion,
                   std::optional<std::string> detail) {
    who.step += 1;
    change_.timeline.push_back({.type = std::move(type),
                                .at = occasion.at,
                                .actor = occasion.actor,
                                .participant = who.id,
                                .step = who.step,
                                .detail = std::move(detail)});
    if (std::ranges::find(change_.touched, who.id) == change_.touched.end())
        change_.touched.push_back(who.id);
}

void Session::tell(EventType type, EventData data) {
    change_.events.push_back(
        {.type = type, .subject = data_.id.text(), .session = data_.id.text(), .data = data.take()});
}

}  // namespace vcare::domain
