// SPDX-License-Identifier: Apache-2.0
#include "application/change_session.hpp"

#include "application/ports/clock.hpp"
#include "application/ports/telemetry.hpp"
#include "domain/encounter.hpp"
#include "domain/session_events.hpp"

namespace vcare::application {
namespace {

using domain::Scope;
using domain::SessionData;
using domain::SessionStatus;

constexpr domain::hours longest_visit{24};

/// A repeat of what is done already is fine with any version that was ever the session's.
Result<void> check_version_of_repeat(const SessionData& session, SessionStatus leads_to,
                                     std::uint64_t version) {
    const bool is_repeat = session.status == leads_to;
    if (is_repeat && version >= 1 && version <= session.version) return {};
    return check_version(session, version);
}

}  // namespace

Result<domain::Instant> check_window(domain::Instant start, std::optional<domain::Instant> end,
                                     const domain::TenantConfig& config, domain::Instant now) {
    const domain::Instant until = end.value_or(start + config.default_duration);
    if (until <= start) return domain::refuse_field("/scheduledEnd", "must be after scheduledStart");
    if (until - start > longest_visit)
        return domain::refuse_field("/scheduledEnd", "must be at most 24 hours after scheduledStart");
    if (until + config.join_window_after <= now)
        return domain::refuse_field("/scheduledStart", "the time to join this visit would be over already");
    return until;
}

Task<Result<SessionData>> EndSession::operator()(StaffContext context, Command command,
                                                 KeepAnswer<SessionData> keep) {
    StaffCommand staff{.session = command.session,
                       .scope = Scope::session_end,
                       .own_sessions_only = true,
                       .action = "session.end"};
    auto decide = [command](LoadedSession& loaded, UnitBuilder& unit) -> Result<void> {
        const auto same =
            check_version_of_repeat(loaded.session.data(), SessionStatus::ended, command.version);
        if (!same) return same;
        return loaded.session.end(command.reason, unit.occasion());
    };
    co_return co_await desk_.change(std::move(context), std::move(staff), std::move(decide), std::move(keep));
}

Task<Result<SessionData>> CancelSession::operator()(StaffContext context, Command command,
                                                    KeepAnswer<SessionData> keep) {
    StaffCommand staff{
        .session = command.session, .scope = Scope::session_cancel, .action = "session.cancel"};
    auto decide = [command](LoadedSession& loaded, UnitBuilder& unit) -> Result<void> {
        const auto same =
            check_version_of_repeat(loaded.session.data(), SessionStatus::cancelled, command.version);
        if (!same) return same;
        return loaded.session.cancel(command.reason, unit.occasion());
    };
    co_return co_await desk_.change(std::move(context), std::move(staff), std::move(decide), std::move(keep));
}

RescheduleSession::RescheduleSession(const Services& services)
    : services_(services), desk_(services), links_(services) {
}

Task<Result<SessionData>> RescheduleSession::operator()(StaffContext context, Command command,
                                                        KeepAnswer<SessionData> keep) {
    auto once = [this, context, command, keep] { return try_once(context, command, keep); };
    auto tried = co_await try_until_settled<SessionData>(std::move(once));
    co_return settled_or(std::move(tried), refuse_unavailable(ErrorCode::store_unavailable));
}

Task<Result<std::optional<SessionData>>> RescheduleSession::try_once(StaffContext context, Command command,
                                                                     KeepAnswer<SessionData> keep) {
    StaffCommand staff{.session = command.session,
                       .scope = Scope::session_create,
                       .version = command.version,
                       .starts_something_new = true,
                       .action = "session.reschedule"};
    auto loaded = co_await desk_.open(context, staff);
    if (!loaded) co_return std::unexpected{loaded.error()};
    const auto end =
        check_window(command.scheduled_start, command.scheduled_end, loaded->config, services_.clock.now());
    if (!end) co_return std::unexpected{end.error()};

    domain::Session& session = loaded->session;
    UnitBuilder unit{services_, context.request, {services_.clock.now(), context.caller.user.text()}};
    if (const auto moved = session.reschedule(command.scheduled_start, *end, unit.occasion()); !moved)
        co_return std::unexpected{moved.error()};
    const SessionData after = session.data();
    auto tokens = co_await links_.make_for_all(context.scope, after, loaded->config);
    if (!tokens) co_return std::unexpected{tokens.error()};
    unit.unit().issued_tokens = *std::move(tokens);
    unit.add(session, loaded->config);
    unit.audit(staff.action, after.id, after.patient);
    unit.keep(keep, after);
    const auto is_done = co_await desk_.settle(context.scope, unit.take());
    if (!is_done) co_return std::unexpected{is_done.error()};
    co_return *is_done ? std::optional{after} : std::nullopt;
}

Task<Result<SessionData>> FallBack::operator()(StaffContext context, Command command,
                                               KeepAnswer<SessionData> keep) {
    const bool may_admit = context.caller.scopes.contains(Scope::session_admit);
    StaffCommand staff{.session = command.session,
                       .scope = may_admit ? Scope::session_admit : Scope::session_end,
                       .version = command.version,
                       .action = "session.fallback"};
    const auto is_new = std::make_shared<bool>(false);
    auto decide = [command, is_new](LoadedSession& loaded, UnitBuilder& unit) -> Result<void> {
        *is_new = loaded.session.data().mode != command.mode;
        return loaded.session.fall_back(command.mode, command.reason, unit.occasion());
    };
    auto done =
        co_await desk_.change(std::move(context), std::move(staff), std::move(decide), std::move(keep));
    if (done && *is_new)
        services_.telemetry.count(
            Metric::fallbacks,
            {{"to", to_wire(command.mode)}, {"reason", domain::events::reason_code(command.reason)}});
    co_return done;
}

Task<Result<SessionData>> RetryEncounter::operator()(StaffContext context, Command command,
                                                     KeepAnswer<SessionData> keep) {
    StaffCommand staff{.session = command.session,
                       .scope = Scope::session_end,
                       .own_sessions_only = true,
                       .action = "encounter.retry"};
    auto decide = [](LoadedSession& loaded, UnitBuilder& unit) -> Result<void> {
        const SessionData& session = loaded.session.data();
        if (session.encounter_id) return {};
        const auto encounter = domain::encounter_of(session, loaded.config);
        if (!encounter || !encounter->finished)
            return domain::refuse(domain::ErrorCode::invalid_status_transition,
                                  "Only a visit that took place and is over owes an Encounter.");
        unit.unit().hastened_encounter = session.id;
        return {};
    };
    co_return co_await desk_.change(std::move(context), std::move(staff), std::move(decide), std::move(keep));
}

}  // namespace vcare::application
