// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "domain/session.hpp"

namespace vcare::domain {

/// From when and until when a join token works.
struct JoinWindow {
    Instant valid_from;
    Instant expires_at;

    /// The session's window, cut by the tenant's cap and by `ttl` (counted from the later of now and the
    /// window's start). Never longer than the window.
    [[nodiscard]] static JoinWindow make(const SessionData& session, const TenantConfig& config, Instant now,
                                         std::optional<seconds> ttl);

    friend bool operator==(const JoinWindow&, const JoinWindow&) = default;
};

/// What a stored join token says about itself. The current one of a participant is the newest.
struct JoinTokenRecord {
    std::string jti;
    SessionId session;
    ParticipantId participant;
    Role role{};
    Instant issued_at;
    Instant issued_for;  ///< the session's scheduledStart when it was issued
    JoinWindow window;
    std::string code_hash;  ///< SHA-256 of the 96 random bits of the link's code, hex
    std::optional<Instant> used_at = {};
    std::optional<Instant> replaced_at = {};
    unsigned key_version = 1;
};

enum class LinkState : std::uint8_t { open, resume, early, expired, used, cancelled, moved, ended };
constexpr WireWords<LinkState, 8> words_of(LinkState) {
    return {{{LinkState::open, "open"},
             {LinkState::resume, "resume"},
             {LinkState::early, "early"},
             {LinkState::expired, "expired"},
             {LinkState::used, "used"},
             {LinkState::cancelled, "cancelled"},
             {LinkState::moved, "moved"},
             {LinkState::ended, "ended"}}};
}

/// What the page is told about a genuine link. A finished session says so whatever became of the token;
/// `moved` is a replaced token whose session was rescheduled since it was issued; `used` is every other
/// void one.
[[nodiscard]] LinkState state_of(const JoinTokenRecord& token, const SessionData& session, Instant now);

/// Whether the token lets its holder in: `token_invalid` for every void kind alike, `token_expired` and
/// `token_not_yet_valid` only for the current, unused one.
[[nodiscard]] Result<void> check_join(const JoinTokenRecord& token, const SessionData& session, Instant now);

}  // namespace vcare::domain
