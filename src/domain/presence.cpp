// SPDX-License-Identifier: Apache-2.0
#include "domain/presence.hpp"

#include <algorithm>

namespace vcare::domain {

bool is_connected(const Presence& presence, Instant now, seconds grace_reconnect) {
    if (presence.stream_open) return true;
    const bool only_just_closed = presence.last_closed && now - *presence.last_closed < reload_allowance;
    const bool called_lately = presence.last_call && now - *presence.last_call < grace_reconnect;
    return only_just_closed || called_lately;
}

Result<ProviderPresent> ProviderPresent::check(std::span<const Participant> participants,
                                               std::span<const Presence> presences, Instant now,
                                               seconds grace_reconnect) {
    const auto is_here = [&](const Participant& participant) {
        const bool is_active_provider =
            participant.role == Role::provider && participant.status == ParticipantStatus::active;
        if (!is_active_provider) return false;
        const auto presence = std::ranges::find(presences, participant.id, &Presence::participant);
        return presence != presences.end() && is_connected(*presence, now, grace_reconnect);
    };
    if (std::ranges::none_of(participants, is_here)) return refuse(ErrorCode::provider_not_present);
    return ProviderPresent{};
}

}  // namespace vcare::domain
