// SPDX-License-Identifier: Apache-2.0
#include "application/create_session.hpp"

#include <algorithm>

#include "application/ports/clock.hpp"
#include "application/ports/session_store.hpp"
#include "application/ports/telemetry.hpp"
#include "application/ports/video_backend.hpp"
#include "application/visit_window.hpp"

namespace vcare::application {
namespace {

using domain::Role;

std::size_t count(const std::vector<CreateSession::Person>& people, Role role) {
    return static_cast<std::size_t>(std::ranges::count(people, role, &CreateSession::Person::role));
}

/// Who is invited when the request names nobody: the caller as the provider, and the patient.
Result<std::vector<CreateSession::Person>> default_people(const domain::Caller& caller,
                                                          const domain::PatientId& patient) {
    const bool is_clinical =
        caller.has(domain::StaffRole::clinician) || caller.has(domain::StaffRole::nurse_practitioner);
    if (!is_clinical) return domain::refuse_field("/participants", "must name a provider");
    CreateSession::Person provider{
        .role = Role::provider, .user = caller.user, .display_name = domain::Phi{caller.name}};
    CreateSession::Person subject{.role = Role::patient, .user = domain::UserId::parse(patient.text())};
    return std::vector{std::move(provider), std::move(subject)};
}

Result<std::vector<CreateSession::Person>> people_of(const StaffContext& context,
                                                     const CreateSession::Command& command) {
    if (!command.participants) return default_people(context.caller, command.patient);
    auto people = *command.participants;
    if (people.empty()) return domain::refuse_field("/participants", "must name at least a provider");
    if (count(people, Role::provider) == 0)
        return domain::refuse_field("/participants", "must name a provider");
    if (count(people, Role::patient) > 1) return refuse(ErrorCode::duplicate_patient);
    if (count(people, Role::patient) == 0)
        people.push_back({.role = Role::patient, .user = domain::UserId::parse(command.patient.text())});
    return people;
}

std::vector<domain::NewParticipant> with_ids(std::vector<CreateSession::Person> people, IdMaker& ids) {
    std::vector<domain::NewParticipant> made;
    std::optional<domain::ParticipantId> patient;
    for (CreateSession::Person& person : people) {
        const auto id = ids.next<domain::ParticipantId>();
        if (person.role == Role::patient) patient = id;
        made.push_back({.id = id,
                        .role = person.role,
                        .user_id = std::move(person.user),
                        .display_name = std::move(person.display_name),
                        .contact = std::move(person.contact),
                        .language = std::move(person.language)});
    }
    for (std::size_t i = 0; i < people.size(); ++i) {
        if (people[i].linked_to_patient && people[i].role != Role::patient) made[i].linked_to = patient;
    }
    return made;
}

}  // namespace

CreateSession::CreateSession(const Services& services)
    : services_(services), desk_(services), consents_(services), ids_(services.clock, services.randomness) {
}

Task<Result<domain::SessionData>> CreateSession::operator()(StaffContext context, Command command,
                                                            KeepAnswer<domain::SessionData> keep) {
    const auto licensed = co_await desk_.require_licence(context.scope, command.node);
    if (!licensed) co_return std::unexpected{licensed.error()};
    if (const auto may = domain::require(context.caller, domain::Scope::session_create); !may)
        co_return std::unexpected{may.error()};
    co_return co_await carry_out(
        {.scope = context.scope,
         .request = context.request,
         .initiator = context.caller.user,
         .command = command,
         .people = [context, command] { return people_of(context, command); },
         .also = [keep = std::move(keep)](UnitBuilder& unit,
                                          const domain::SessionData& made) { unit.keep(keep, made); }});
}

Task<Result<domain::SessionData>> CreateSession::book(Order order) {
    const auto licensed = co_await desk_.require_licence(order.scope, order.command.node);
    if (!licensed) co_return std::unexpected{licensed.error()};
    co_return co_await carry_out(std::move(order));
}

Task<Result<domain::SessionData>> CreateSession::carry_out(Order order) {
    Command& command = order.command;
    auto basis = co_await services_.consents.booking_basis(order.scope, command.patient);
    if (!basis) co_return std::unexpected{basis.error()};

    domain::TenantConfig& config = basis->config;
    const auto end =
        check_window(command.scheduled_start, command.scheduled_end, config, services_.clock.now());
    if (!end) co_return std::unexpected{end.error()};
    auto people = order.people();
    if (!people) co_return std::unexpected{people.error()};
    config.max_participants = std::min(config.max_participants, services_.video.max_participants());
    if (people->size() > config.max_participants) co_return refuse(ErrorCode::max_participants_exceeded);
    if (command.recording_enabled && !config.recording_allowed)
        co_return refuse(ErrorCode::recording_not_allowed);
    command.scheduled_end = *end;
    auto with_id = with_ids(std::move(*people), ids_);
    co_return co_await make(std::move(order), std::move(*basis), std::move(with_id));
}

Task<Result<domain::SessionData>> CreateSession::make(Order order, BookingBasis basis,
                                                      std::vector<domain::NewParticipant> people) {
    const domain::TenantConfig& config = basis.config;
    const Command& command = order.command;
    const domain::TenantScope& scope = order.scope;
    const auto id = ids_.next<domain::SessionId>();
    auto asked = co_await consents_.ask_telehealth(scope, command.patient,
                                                   domain::gated_command(domain::GatedCommand::create, id, 0),
                                                   std::move(basis.telehealth));
    const bool may_follow = config.telehealth_consent_at == domain::TelehealthConsentAt::join;
    const bool is_missing = !asked && asked.error().code == ErrorCode::consent_required;
    if (!asked && !(is_missing && may_follow)) co_return std::unexpected{asked.error()};
    std::optional<domain::TelehealthProof> proof;
    if (asked) proof.emplace(std::move(*asked));

    const BackendHealth health = co_await services_.video.health_in(config.media_region);
    if (!health.healthy) co_return refuse_unavailable(ErrorCode::video_provider_unavailable);
    const auto room = co_await services_.video.provision_room(scope, id);
    if (!room) co_return std::unexpected{room.error()};

    domain::Session::Plan plan{.data = {.id = id,
                                        .tenant = scope.tenant(),
                                        .patient = command.patient,
                                        .initiator = order.initiator,
                                        .node = command.node,
                                        .appointment = command.appointment,
                                        .video_backend = services_.video.name(),
                                        .room_name = room->name,
                                        .room_url = room->url,
                                        .scheduled_start = command.scheduled_start,
                                        .scheduled_end = *command.scheduled_end,
                                        .recording_enabled = command.recording_enabled,
                                        .reason_for_visit = command.reason_for_visit,
                                        .language = command.language},
                               .participants = std::move(people)};
    UnitBuilder unit{services_, order.request, {services_.clock.now(), order.initiator.text()}};
    auto session = domain::Session::create(std::move(plan), std::move(proof), config, unit.occasion());
    Result<CommitOutcome> outcome = CommitOutcome::stale;
    if (session) {
        unit.add(*session, config);
        unit.audit("session.create", id, command.patient);
        if (order.also) order.also(unit, session->data());
        outcome = co_await desk_.commit(scope, unit.take());
    }
    if (session && outcome && *outcome == CommitOutcome::done) co_return session->data();
    if (session && !outcome) {
        // The answer may have been lost, not the commit: a room whose session is there must stay.
        const auto is_there = co_await look_for(scope, id);
        if (!is_there)
            services_.telemetry.log(Severity::warning, "room.may_be_left", {{"session", id.text()}});
        if (!is_there) co_return std::unexpected{outcome.error()};
        if (*is_there) co_return session->data();
    }

    const auto released = co_await services_.video.release_room(scope, room->name);
    if (!released) services_.telemetry.log(Severity::warning, "room.release_failed");
    if (!session) co_return std::unexpected{session.error()};
    if (!outcome) co_return std::unexpected{outcome.error()};
    if (*outcome == CommitOutcome::answered_before) co_return refuse_to_repeat();
    co_return refuse_unavailable(ErrorCode::store_unavailable);
}

Task<Result<bool>> CreateSession::look_for(domain::TenantScope scope, domain::SessionId id) {
    constexpr int tries = 3;
    Result<bool> answer = false;
    for (int i = 0; i < tries; ++i) {
        const auto found = co_await services_.sessions.find_session(scope, id);
        if (found) co_return found->has_value();
        answer = std::unexpected{found.error()};
        co_await services_.clock.wait_for(domain::milliseconds{200});
    }
    co_return answer;
}

}  // namespace vcare::application
