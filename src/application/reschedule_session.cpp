// SPDX-License-Identifier: Apache-2.0
#include "application/reschedule_session.hpp"

#include "application/ports/clock.hpp"
#include "application/visit_window.hpp"

namespace vcare::application {

using domain::Scope;
using domain::SessionData;

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

}  // namespace vcare::application
