// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "application/task.hpp"
#include "domain/encounter.hpp"
#include "domain/tenant_scope.hpp"

namespace vcare::application {

/// How a try to write an Encounter went.
struct EncounterWritten {
    std::string encounter_id;  ///< written now (201), or there already by an earlier try of ours (200)
};
struct EncounterRefused {
    std::vector<std::string> codes;  ///< of the OperationOutcome; never its text, which may hold PHI
    std::string reason;              ///< `duplicate` (412) or `content` (400, 422)
};
struct EncounterLater {
    std::string reason;                          ///< status or transport error, for operators
    std::optional<domain::seconds> retry_after;  ///< what the gateway asked for
};
using EncounterOutcome = std::variant<EncounterWritten, EncounterRefused, EncounterLater>;

/// The record. `create_encounter` is a conditional create on the session's identifier, so trying again is
/// harmless (FHIR R4, https://hl7.org/fhir/R4/http.html#ccreate). It always says how it went.
class FhirGateway {
  public:
    virtual ~FhirGateway() = default;
    [[nodiscard]] virtual Task<EncounterOutcome> create_encounter(domain::TenantScope scope,
                                                                  domain::Encounter encounter) = 0;
    /// Asks whether the record is there: for its capabilities
    /// (https://hl7.org/fhir/R4/http.html#capabilities).
    [[nodiscard]] virtual Task<void> look(domain::TenantScope scope) {
        static_cast<void>(scope);
        co_return;
    }
};

}  // namespace vcare::application
