// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "domain/session.hpp"

namespace vcare::domain {

/// What time means for the clocks that can close a visit. They count only while a replica was ready to be
/// connected to: `counting_since` is the end of the last gap (or rest), and restarts every one of them.
struct SweepClock {
    Instant now;
    Instant counting_since;
};

enum class SweepAction : std::uint8_t { nothing, expire, abandon };

struct SweepDecision {
    SweepAction action = SweepAction::nothing;
    std::vector<ParticipantId> lost;          ///< their transport is gone for longer than graceReconnect
    std::vector<ParticipantId> out_of_sight;  ///< theirs is gone too, for longer than a reload takes
    std::optional<Instant> look_again = {};   ///< absent when the session needs no more looking at
};

/// What the sweeper must do with a session now, from what is known alone. Never acts on a time that falls
/// before `counting_since` plus the clock's length, so that an outage of ours closes nothing.
[[nodiscard]] SweepDecision decide_sweep(const SessionData& session, std::span<const Presence> presences,
                                         const TenantConfig& config, const SweepClock& clock);

}  // namespace vcare::domain
