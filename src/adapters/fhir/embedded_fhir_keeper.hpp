// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "adapters/fhir/fhir_transport.hpp"
#include "application/ports/clock.hpp"
#include "application/ports/encounter_keeper.hpp"
#include "application/ports/randomness.hpp"

namespace vcare::fhir {

/// A FHIR server for Encounters within the process: conditional create and read, nothing else. The ports
/// outlive it.
[[nodiscard]] std::unique_ptr<FhirTransport> make_embedded_fhir_keeper(application::EncounterKeeper& keeper,
                                                                       application::Clock& clock,
                                                                       application::Randomness& randomness);

}  // namespace vcare::fhir
