// SPDX-License-Identifier: Apache-2.0
#include "application/issue_join_token.hpp"

#include <algorithm>

#include "application/ports/clock.hpp"
#include "application/ports/video_backend.hpp"

namespace vcare::application {

using domain::Scope;

IssueJoinToken::IssueJoinToken(const Services& services)
    : services_(services), desk_(services), links_(services) {
}

Task<Result<IssueJoinToken::Issued>> IssueJoinToken::operator()(StaffContext context, Command command,
                                                                KeepAnswer<Issued> keep) {
    auto once = [this, context, command, keep] { return try_once(context, command, keep); };
    auto tried = co_await try_until_settled<Issued>(std::move(once));
    co_return settled_or(std::move(tried), refuse_unavailable(ErrorCode::store_unavailable));
}

Task<Result<std::optional<IssueJoinToken::Issued>>> IssueJoinToken::try_once(StaffContext context,
                                                                             Command command,
                                                                             KeepAnswer<Issued> keep) {
    StaffCommand staff{.session = command.session,
                       .scope = Scope::session_create,
                       .participant = command.participant,
                       .starts_something_new = true,
                       .action = "join_token.issue"};
    auto loaded = co_await desk_.open(context, staff);
    if (!loaded) co_return std::unexpected{loaded.error()};
    domain::Session& session = loaded->session;
    const domain::Participant* who = session.find(command.participant);
    if (domain::is_terminal(session.data().status))
        co_return refuse(ErrorCode::invalid_status_transition, "This session is over.");

    UnitBuilder unit{services_, context.request, {services_.clock.now(), context.caller.user.text()}};
    const unsigned most = std::min(loaded->config.max_participants, services_.video.max_participants());
    const bool is_invited_again = who->is_removed();
    if (is_invited_again) {
        if (const auto back = session.reinvite(who->id, most, unit.occasion()); !back)
            co_return std::unexpected{back.error()};
    }
    auto token =
        co_await links_.make(context.scope, session.data(), loaded->config, command.participant, command.ttl);
    if (!token) co_return std::unexpected{token.error()};
    auto link = co_await links_.link_of(context.scope, *token);
    if (!link) co_return std::unexpected{link.error()};
    Issued issued{std::move(*link), token->jti};
    unit.unit().issued_tokens.push_back(std::move(*token));
    // An invitation brings its link with it.
    auto told = domain::notification_of_link(session.data(), command.participant, "issued/" + issued.jti,
                                             unit.occasion().actor);
    if (told && !is_invited_again) unit.tell(*std::move(told), session.data(), loaded->config);
    unit.add(session, loaded->config);
    unit.audit(staff.action, session.data().id, session.data().patient);
    unit.keep(keep, issued);
    const auto is_done = co_await desk_.settle(context.scope, unit.take());
    if (!is_done) co_return std::unexpected{is_done.error()};
    co_return *is_done ? std::optional{std::move(issued)} : std::nullopt;
}

}  // namespace vcare::application
