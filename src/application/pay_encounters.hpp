// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/fhir_gateway.hpp"
#include "application/ports/work_queues.hpp"
#include "application/round.hpp"
#include "application/session_desk.hpp"

namespace vcare::application {

/// Pays Encounters to the record, oldest first and several at once, each until the record has it. A debt that
/// cannot be paid now is put off by itself and holds up no other.
class PayEncounters {
  public:
    PayEncounters(const Services& services, unsigned max_in_flight)
        : services_(services), desk_(services), max_in_flight_(max_in_flight) {}
    [[nodiscard]] Task<Result<Round>> run_once();
    /// From the next round on.
    void pay_at_once(unsigned max_in_flight) { max_in_flight_ = max_in_flight; }
    static constexpr domain::seconds lease{60};

  private:
    Task<void> pay_or_put_off(EncounterDebt debt);
    Task<Result<void>> pay(EncounterDebt debt);
    Task<Result<void>> note_written(domain::TenantScope scope, EncounterDebt debt, std::string encounter_id);
    Task<Result<void>> bury(EncounterDebt debt, EncounterRefused refused);
    Task<Result<void>> put_off(EncounterDebt debt, std::string problem, std::optional<domain::seconds> asked);
    Services services_;
    SessionDesk desk_;
    unsigned max_in_flight_;
};

}  // namespace vcare::application
