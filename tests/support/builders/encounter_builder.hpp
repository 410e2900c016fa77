// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "domain/encounter.hpp"

namespace vcare::tests {

/// A finished video visit of half an hour, said by what differs from it.
class EncounterBuilder {
  public:
    [[nodiscard]] domain::Encounter build() const { return encounter_; }

    EncounterBuilder& still_going_on() {
        encounter_.finished = false;
        encounter_.end.reset();
        encounter_.length_minutes.reset();
        return *this;
    }
    EncounterBuilder& with(domain::Role role, std::string_view user, std::string_view name) {
        encounter_.participants.push_back({.role = role,
                                           .user = domain::UserId::parse(user),
                                           .display = domain::Phi<std::string>{std::string{name}},
                                           .from = encounter_.start,
                                           .to = encounter_.updated_at});
        return *this;
    }
    EncounterBuilder& for_appointment(std::string_view id) {
        encounter_.appointment = domain::AppointmentId::parse(id);
        return *this;
    }
    EncounterBuilder& at(std::string_view organization) {
        encounter_.organization = domain::NodeId::parse(organization);
        return *this;
    }
    EncounterBuilder& of_type(domain::EncounterType type) {
        encounter_.type = std::move(type);
        return *this;
    }
    EncounterBuilder& because_of(std::string reason) {
        encounter_.reason = domain::Phi<std::string>{std::move(reason)};
        return *this;
    }
    EncounterBuilder& ending_in(domain::Mode mode) {
        encounter_.mode = mode;
        return *this;
    }

  private:
    static domain::Instant at_minute(int minute) {
        return domain::parse_rfc3339("2026-03-01T09:30:00Z").value() + domain::minutes{minute};
    }

    domain::Encounter encounter_{
        .session = domain::SessionId::parse("vsn_01HZY000000000000000000001").value(),
        .patient = domain::PatientId::parse("pat-1").value(),
        .finished = true,
        .start = at_minute(0),
        .end = at_minute(30),
        .length_minutes = 30,
        .updated_at = at_minute(30)};
};

[[nodiscard]] inline EncounterBuilder an_encounter() {
    return {};
}

}  // namespace vcare::tests
