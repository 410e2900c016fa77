// SPDX-License-Identifier: Apache-2.0
#include "application/admit_participant.hpp"

#include "application/ports/clock.hpp"
#include "application/ports/presence_store.hpp"
#include "application/ports/telemetry.hpp"

namespace vcare::application {

using domain::ProviderPresent;
using domain::Role;
using domain::SessionData;

namespace {

/// This very call shows that a provider who makes it is there, stream or not.
void count_this_call(std::vector<domain::Presence>& presences, const SessionData& session,
                     const domain::Caller& caller, domain::Instant now) {
    for (const domain::Participant& person : session.participants) {
        if (person.role == Role::provider && person.user_id == caller.user) {
            std::erase_if(presences, [&](const auto& presence) {
                return presence.participant == person.id && !presence.stream_open;
            });
            presences.push_back({.participant = person.id, .last_call = now});
        }
    }
}

/// A provider who was taken for lost and calls again is back.
Result<void> bring_back_the_caller(domain::Session& session, const domain::Caller& caller,
                                   const domain::Occasion& occasion) {
    for (const domain::Participant& person : session.data().participants) {
        const bool is_lost = person.role == Role::provider && person.user_id == caller.user &&
                             !person.left_at && person.status == domain::ParticipantStatus::disconnected;
        if (is_lost) return session.come_back(domain::ParticipantId{person.id}, occasion);
    }
    return {};
}

}  // namespace

AdmitParticipant::AdmitParticipant(const Services& services)
    : services_(services), desk_(services), consents_(services) {
}

Task<Result<SessionData>> AdmitParticipant::operator()(StaffContext context, Command command,
                                                       KeepAnswer<SessionData> keep) {
    auto once = [this, context, command, keep] { return try_once(context, command, keep); };
    auto tried = co_await try_until_settled<SessionData>(std::move(once));
    co_return settled_or(std::move(tried), refuse_stale(command.version));
}

Task<Result<std::optional<SessionData>>> AdmitParticipant::try_once(StaffContext context, Command command,
                                                                    KeepAnswer<SessionData> keep) {
    StaffCommand staff{.session = command.session,
                       .scope = domain::Scope::session_admit,
                       .version = command.version,
                       .participant = command.participant,
                       .action = "participant.admit"};
    auto loaded = co_await desk_.open(context, staff);
    if (!loaded) co_return std::unexpected{loaded.error()};
    domain::Session& session = loaded->session;
    if (const auto may = session.may_admit(command.participant); !may) co_return std::unexpected{may.error()};

    const domain::Instant now = services_.clock.now();
    UnitBuilder unit{services_, context.request, {now, context.caller.user.text()}};
    if (const auto back = bring_back_the_caller(session, context.caller, unit.occasion()); !back)
        co_return std::unexpected{back.error()};
    auto basis = co_await services_.presence.admission_basis(context.scope, command.session,
                                                             session.data().patient, now);
    if (!basis) co_return std::unexpected{basis.error()};
    count_this_call(basis->presences, session.data(), context.caller, now);
    const auto provider = ProviderPresent::check(session.data().participants, basis->presences, now,
                                                 loaded->config.grace_reconnect);
    if (!provider) co_return std::unexpected{provider.error()};

    const domain::Participant before = *session.find(command.participant);
    Result<void> admitted;
    if (before.role == Role::patient) {
        auto name =
            domain::gated_command(domain::GatedCommand::admit, command.session, session.data().version);
        auto consent = co_await consents_.ask_telehealth(context.scope, session.data().patient,
                                                         std::move(name), std::move(basis->telehealth));
        if (!consent) co_return std::unexpected{consent.error()};
        admitted =
            session.admit_patient(command.with_linked, std::move(*consent), *provider, unit.occasion());
    } else {
        admitted = session.admit_other(command.participant, *provider, unit.occasion());
    }
    if (!admitted) co_return std::unexpected{admitted.error()};

    unit.add(session, loaded->config);
    unit.audit(staff.action, session.data().id, session.data().patient);
    unit.keep(keep, session.data());
    const auto is_done = co_await desk_.settle(context.scope, unit.take());
    if (!is_done) co_return std::unexpected{is_done.error()};
    if (!*is_done) co_return std::optional<SessionData>{};
    const std::chrono::duration<double> waited = now - before.joined_at.value_or(now);
    services_.telemetry.observe(Metric::waiting_seconds, waited.count());
    co_return std::optional{session.data()};
}

}  // namespace vcare::application
