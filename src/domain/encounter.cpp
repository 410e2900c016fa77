// SPDX-License-Identifier: Apache-2.0
#include "domain/encounter.hpp"

#include <algorithm>

namespace vcare::domain {
namespace {

/// From admission (a provider: from joining) to leaving, or to the end, or to now while it goes on.
std::optional<EncounterParticipant> took_part(const Participant& who, const SessionData& session) {
    const auto since = who.role == Role::provider ? who.joined_at : who.admitted_at;
    if (!since || who.role == Role::patient) return std::nullopt;
    const Instant session_end = session.actual_end.value_or(session.updated_at);
    const Instant left = who.removed_at.value_or(who.left_at.value_or(session_end));
    return EncounterParticipant{.role = who.role,
                                .user = who.user_id,
                                .display = who.display_name,
                                .from = *since,
                                .to = std::max(*since, left)};
}

}  // namespace

std::optional<Encounter> encounter_of(const SessionData& session, const TenantConfig& config) {
    if (!session.actual_start) return std::nullopt;
    Encounter encounter{.session = session.id,
                        .patient = session.patient,
                        .finished = is_terminal(session.status),
                        .type = config.encounter_type,
                        .appointment = session.appointment,
                        .organization = session.node,
                        .start = *session.actual_start,
                        .end = session.actual_end,
                        .mode = session.mode,
                        .updated_at = session.updated_at};
    if (config.encounter_reason_allowed) encounter.reason = session.reason_for_visit;
    if (session.actual_end)
        encounter.length_minutes =
            std::chrono::ceil<minutes>(*session.actual_end - *session.actual_start).count();
    for (const Participant& participant : session.participants) {
        if (auto person = took_part(participant, session))
            encounter.participants.push_back(std::move(*person));
    }
    return encounter;
}

}  // namespace vcare::domain
