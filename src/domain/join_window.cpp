// SPDX-License-Identifier: Apache-2.0
#include "domain/join_window.hpp"

#include <algorithm>

namespace vcare::domain {
namespace {

bool is_void(const JoinTokenRecord& token, const SessionData& session) {
    const auto who = std::ranges::find(session.participants, token.participant, &Participant::id);
    const bool removed = who == session.participants.end() || who->is_removed();
    return token.used_at || token.replaced_at || removed;
}

}  // namespace

JoinWindow JoinWindow::make(const SessionData& session, const TenantConfig& config, Instant now,
                            std::optional<seconds> ttl) {
    const Instant valid_from = session.scheduled_start - config.join_window_before;
    Instant expires_at = session.scheduled_end + config.join_window_after;
    const Instant counted_from = std::max(now, valid_from);
    if (ttl) expires_at = std::min(expires_at, counted_from + *ttl);
    if (config.join_token_ttl) expires_at = std::min(expires_at, counted_from + *config.join_token_ttl);
    return {.valid_from = valid_from, .expires_at = expires_at};
}

LinkState state_of(const JoinTokenRecord& token, const SessionData& session, Instant now) {
    if (session.status == SessionStatus::cancelled) return LinkState::cancelled;
    if (is_terminal(session.status)) return LinkState::ended;
    const bool window_was_moved =
        token.replaced_at && !token.used_at && token.issued_for != session.scheduled_start;
    if (window_was_moved) return LinkState::moved;
    if (is_void(token, session)) return LinkState::used;
    if (now >= token.window.expires_at) return LinkState::expired;
    return now < token.window.valid_from ? LinkState::early : LinkState::open;
}

Result<void> check_join(const JoinTokenRecord& token, const SessionData& session, Instant now) {
    if (is_terminal(session.status) || is_void(token, session)) return refuse(ErrorCode::token_invalid);
    if (now >= token.window.expires_at) return refuse(ErrorCode::token_expired);
    if (now < token.window.valid_from) {
        return std::unexpected{
            Error{.code = ErrorCode::token_not_yet_valid, .valid_from = token.window.valid_from}};
    }
    return {};
}

}  // namespace vcare::domain
