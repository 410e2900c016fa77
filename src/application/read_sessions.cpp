// SPDX-License-Identifier: Apache-2.0
#include "application/read_sessions.hpp"

#include <algorithm>

#include "application/ports/clock.hpp"
#include "application/ports/credential_store.hpp"
#include "application/ports/cryptography.hpp"
#include "application/ports/inbox_store.hpp"
#include "application/ports/keys.hpp"
#include "application/ports/video_backend.hpp"

namespace vcare::application {

using domain::Scope;
using domain::SessionData;

namespace {

std::optional<domain::Instant> last_request(const std::vector<domain::TimelineItem>& timeline,
                                            const domain::ParticipantId& participant) {
    std::optional<domain::Instant> last;
    for (const domain::TimelineItem& item : timeline) {
        if (item.type == "link.requested" && item.participant == participant) last = item.at;
    }
    return last;
}

/// Whoever works with patients.
Result<void> may_read_waiting(const domain::Caller& caller) {
    using enum domain::StaffRole;
    if (const auto may = domain::require(caller, Scope::session_read); !may) return may;
    const bool works_here =
        caller.has(clinician) || caller.has(nurse_practitioner) || caller.has(scheduler) || caller.has(admin);
    if (!works_here) return refuse(ErrorCode::access_denied);
    return {};
}

bool is_in_reach(const domain::Reach& reach, const domain::Appointment& appointment) {
    if (reach.whole_tenant || !appointment.people) return reach.whole_tenant;
    const domain::AppointmentPeople& people = *appointment.people;
    const bool provides = reach.participant_user && people.provider == reach.participant_user;
    const bool is_of_node = people.node && std::ranges::find(reach.nodes, *people.node) != reach.nodes.end();
    return provides || is_of_node;
}

}  // namespace

ReadSessions::ReadSessions(const Services& services, ReadAuditTrail& trail)
    : services_(services), desk_(services), trail_(trail) {
}

Task<Result<LoadedSession>> ReadSessions::open(StaffContext context, domain::SessionId id,
                                               std::string action) {
    StaffCommand command{.session = id, .scope = Scope::session_read, .action = action};
    auto loaded = co_await desk_.open(context, std::move(command));
    if (!loaded) co_return loaded;
    const auto noted = trail_.note(context, std::move(action), id, loaded->session.data().patient);
    if (!noted) co_return std::unexpected{noted.error()};
    co_return loaded;
}

Task<Result<SessionView>> ReadSessions::one(StaffContext context, domain::SessionId id) {
    const auto loaded = co_await open(context, std::move(id), "session.read");
    if (!loaded) co_return std::unexpected{loaded.error()};
    SessionView view{.session = loaded->session.data()};
    const auto there = [&](auto is_looked_for) {
        return std::ranges::any_of(view.session.participants, is_looked_for);
    };
    const bool is_its_provider = there([&](const domain::Participant& person) {
        return person.role == domain::Role::provider && person.user_id == context.caller.user &&
               !person.is_removed();
    });
    // Nobody says where they are before they have come.
    const bool patient_has_come = there([](const domain::Participant& person) {
        return person.role == domain::Role::patient && person.joined_at;
    });
    if (!is_its_provider || !patient_has_come) co_return view;
    auto where = co_await whereabouts(std::move(context), view.session);
    if (!where) co_return std::unexpected{where.error()};
    view.whereabouts = std::move(*where);
    co_return view;
}

Task<Result<std::optional<Whereabouts>>> ReadSessions::whereabouts(StaffContext context,
                                                                   SessionData session) {
    const auto records = co_await services_.sessions.whereabouts(context.scope, session.id);
    if (!records) co_return std::unexpected{records.error()};
    for (const WhereaboutsRecord& record : *records) {
        if (record.delete_at <= services_.clock.now()) continue;
        const auto key =
            co_await services_.keys.key_of_version(context.scope, KeyPurpose::phi, record.key_version);
        if (!key) co_return std::unexpected{lost_key(key.error())};
        const auto text = services_.cryptography.open(
            *key, record.sealed, whereabouts_bound_to(context.scope, record.participant));
        if (text) co_return parse_sealed_text(*text);
    }
    co_return std::optional<Whereabouts>{};
}

Task<Result<Page<SessionData>>> ReadSessions::list(StaffContext context, SessionQuery query) {
    if (const auto may = domain::require(context.caller, Scope::session_read); !may)
        co_return std::unexpected{may.error()};
    if (const auto noted = trail_.note(context, "session.list", std::nullopt, query.patient); !noted)
        co_return std::unexpected{noted.error()};
    query.reach = domain::reach_of(context.caller);
    co_return co_await services_.sessions.list_sessions(context.scope, std::move(query));
}

Task<Result<std::vector<WaitingEntry>>> ReadSessions::waiting_room(StaffContext context) {
    if (const auto may = may_read_waiting(context.caller); !may) co_return std::unexpected{may.error()};
    if (const auto noted = trail_.note(context, "waiting_room.read"); !noted)
        co_return std::unexpected{noted.error()};
    co_return co_await services_.sessions.waiting_room(context.scope, domain::reach_of(context.caller));
}

Task<Result<std::vector<domain::Appointment>>> ReadSessions::waiting_appointments(StaffContext context) {
    constexpr unsigned most = 500;
    if (const auto may = may_read_waiting(context.caller); !may) co_return std::unexpected{may.error()};
    if (const auto noted = trail_.note(context, "waiting_appointments.read"); !noted)
        co_return std::unexpected{noted.error()};
    auto waiting = co_await services_.inbox.list_waiting_appointments(context.scope, most);
    if (!waiting) co_return std::unexpected{waiting.error()};
    std::erase_if(*waiting, [reach = domain::reach_of(context.caller)](const auto& appointment) {
        return !is_in_reach(reach, appointment);
    });
    co_return waiting;
}

Task<Result<std::vector<domain::TimelineItem>>> ReadSessions::timeline(StaffContext context,
                                                                       domain::SessionId id) {
    const auto loaded = co_await open(context, id, "timeline.read");
    if (!loaded) co_return std::unexpected{loaded.error()};
    co_return co_await services_.sessions.timeline(context.scope, std::move(id));
}

Task<Result<Preparation>> ReadSessions::preparation(StaffContext context, domain::SessionId id) {
    const auto loaded = co_await open(context, id, "preparation.read");
    if (!loaded) co_return std::unexpected{loaded.error()};
    const auto checks = co_await services_.sessions.device_checks(context.scope, id);
    if (!checks) co_return std::unexpected{checks.error()};
    const auto timeline = co_await services_.sessions.timeline(context.scope, std::move(id));
    if (!timeline) co_return std::unexpected{timeline.error()};
    const SessionData& session = loaded->session.data();
    Preparation preparation{.session = session};
    for (const domain::Participant& person : session.participants) {
        if (person.is_removed()) continue;
        const auto token = co_await services_.credentials.newest_token(context.scope, person.id);
        if (!token) co_return std::unexpected{token.error()};
        Preparation::Person line{.id = person.id,
                                 .role = person.role,
                                 .status = person.status,
                                 .display_name = person.display_name,
                                 .link_opened_at = person.link_opened_at,
                                 .link_requested_at = last_request(*timeline, person.id),
                                 .joined_at = person.joined_at,
                                 .is_reachable = services_.notifying.is_by_events()
                                                     ? domain::can_be_told(person)
                                                     : domain::has_contact(person)};
        if (*token) line.link_issued_at = (*token)->issued_at;
        const auto check = std::ranges::find(*checks, person.id, &DeviceCheckRecord::participant);
        if (check != checks->end()) line.device_check = *check;
        if (person.role == domain::Role::interpreter) {
            preparation.interpreter_invited = true;
            preparation.interpreter_confirmed |= person.link_opened_at || person.joined_at;
        }
        preparation.people.push_back(std::move(line));
    }
    preparation.backend = co_await services_.video.health_in(loaded->config.media_region);
    co_return preparation;
}

Task<Result<domain::Encounter>> ReadSessions::encounter(StaffContext context, domain::SessionId id) {
    const auto loaded = co_await open(std::move(context), std::move(id), "encounter.read");
    if (!loaded) co_return std::unexpected{loaded.error()};
    auto encounter = domain::encounter_of(loaded->session.data(), loaded->config);
    if (!encounter) co_return refuse(ErrorCode::not_found, "This session was not active yet.");
    co_return std::move(*encounter);
}

}  // namespace vcare::application
