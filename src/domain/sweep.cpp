// SPDX-License-Identifier: Apache-2.0
#include "domain/sweep.hpp"

#include <algorithm>

namespace vcare::domain {
namespace {

const Presence* presence_of(const ParticipantId& id, std::span<const Presence> presences) {
    const auto found = std::ranges::find(presences, id, &Presence::participant);
    return found == presences.end() ? nullptr : &*found;
}

/// The last moment this person could be reached; nothing while a stream is open.
std::optional<Instant> silent_since(const Participant& who, const Presence* presence) {
    if (presence && presence->stream_open) return std::nullopt;
    Instant last = std::max(who.joined_at.value_or(Instant{}), who.admitted_at.value_or(Instant{}));
    if (presence && presence->last_closed) last = std::max(last, *presence->last_closed);
    if (presence && presence->last_call) last = std::max(last, *presence->last_call);
    return last;
}

bool is_expected_to_be_connected(const Participant& who) {
    return who.status == ParticipantStatus::waiting || who.is_in_the_visit();
}

void look_no_later_than(SweepDecision& decision, Instant at) {
    decision.look_again = decision.look_again ? std::min(*decision.look_again, at) : at;
}

void decide_expiry(const SessionData& session, const TenantConfig& config, const SweepClock& clock,
                   SweepDecision& decision) {
    const Instant deadline = std::max(session.scheduled_end, clock.counting_since) + config.join_window_after;
    if (deadline <= clock.now) {
        decision.action = SweepAction::expire;
        return;
    }
    look_no_later_than(decision, deadline);
}

void decide_abandonment(const SessionData& session, std::span<const Presence> presences,
                        const TenantConfig& config, const SweepClock& clock, SweepDecision& decision) {
    Instant last = std::max(session.actual_start.value_or(clock.now), clock.counting_since);
    for (const Participant& participant : session.participants) {
        if (!participant.joined_at) continue;
        const auto silent = silent_since(participant, presence_of(participant.id, presences));
        if (!silent) {
            look_no_later_than(decision, clock.now + config.abandon_after);
            return;
        }
        last = std::max(last, *silent);
    }
    if (last + config.abandon_after <= clock.now) {
        decision.action = SweepAction::abandon;
        return;
    }
    look_no_later_than(decision, last + config.abandon_after);
}

void find_the_lost(const SessionData& session, std::span<const Presence> presences,
                   const TenantConfig& config, const SweepClock& clock, SweepDecision& decision) {
    for (const Participant& participant : session.participants) {
        if (!is_expected_to_be_connected(participant)) continue;
        const auto silent = silent_since(participant, presence_of(participant.id, presences));
        if (!silent) continue;
        const Instant since = std::max(*silent, clock.counting_since);
        const Instant deadline = since + config.grace_reconnect;
        if (deadline <= clock.now) {
            decision.lost.push_back(participant.id);
            continue;
        }
        look_no_later_than(decision, deadline);
        if (participant.connection == ConnectionQuality::unknown) continue;
        const Instant reloaded = since + reload_allowance;
        if (reloaded <= clock.now) {
            decision.out_of_sight.push_back(participant.id);
        } else {
            look_no_later_than(decision, reloaded);
        }
    }
}

}  // namespace

SweepDecision decide_sweep(const SessionData& session, std::span<const Presence> presences,
                           const TenantConfig& config, const SweepClock& clock) {
    SweepDecision decision;
    if (is_terminal(session.status)) return decision;
    if (session.status == SessionStatus::active) {
        decide_abandonment(session, presences, config, clock, decision);
    } else {
        decide_expiry(session, config, clock, decision);
    }
    if (decision.action == SweepAction::nothing) find_the_lost(session, presences, config, clock, decision);
    return decision;
}

}  // namespace vcare::domain
