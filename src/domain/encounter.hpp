// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "domain/session.hpp"

namespace vcare::domain {

/// One person of an Encounter beside its subject.
struct EncounterParticipant {
    Role role{};
    std::optional<UserId> user = {};
    Phi<std::string> display = {};
    Instant from;
    Instant to;
};

/// What the record gets of a visit (FHIR R4 Encounter, class VR); the FHIR codec gives it its JSON.
/// https://hl7.org/fhir/R4/encounter.html
struct Encounter {
    SessionId session;
    PatientId patient;
    bool finished = false;  ///< false only while the visit goes on
    std::optional<EncounterType> type = {};
    std::optional<AppointmentId> appointment = {};
    std::optional<NodeId> organization = {};
    std::vector<EncounterParticipant> participants = {};
    Instant start;
    std::optional<Instant> end = {};
    std::optional<std::int64_t> length_minutes = {};  ///< rounded up
    std::optional<Phi<std::string>> reason = {};
    Mode mode = Mode::video;
    Instant updated_at;
};

/// The Encounter a session owes or will owe, with what the clinic lets into the record; nothing before it was
/// active.
[[nodiscard]] std::optional<Encounter> encounter_of(const SessionData& session, const TenantConfig& config);

}  // namespace vcare::domain
