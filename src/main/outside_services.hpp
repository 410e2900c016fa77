// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "adapters/http_client/http_client.hpp"
#include "application/ports/clock.hpp"
#include "application/ports/consent_service.hpp"
#include "application/ports/consent_store.hpp"
#include "application/ports/encounter_keeper.hpp"
#include "application/ports/fhir_gateway.hpp"
#include "application/ports/randomness.hpp"
#include "application/ports/telemetry.hpp"
#include "main/settings.hpp"

namespace vcare::program {

/// What the makers below need from the rest of the program; the ports outlive what they make.
struct OutsideNeeds {
    const Settings& settings;
    application::ConsentStore& consents;       ///< for the embedded consent service
    application::EncounterKeeper& encounters;  ///< for the embedded record
    application::Clock& clock;
    application::Randomness& randomness;
    application::Telemetry& telemetry;
};

/// The owner of consents that `consent.url` names. Throws `DependencyAway` when a file that the settings name
/// cannot be used.
[[nodiscard]] std::unique_ptr<application::ConsentService> make_consent_service(const OutsideNeeds& needs);

/// The way to the clinical record that `fhir.url` names. Throws `DependencyAway` as above.
class ClinicalRecord {
  public:
    explicit ClinicalRecord(const OutsideNeeds& needs);
    [[nodiscard]] application::FhirGateway& gateway() { return *gateway_; }

  private:
    std::unique_ptr<http_client::HttpClient> client_;  ///< null when the record is embedded
    std::unique_ptr<application::FhirGateway> gateway_;
};

}  // namespace vcare::program
