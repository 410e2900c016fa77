// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "adapters/http_client/dependency.hpp"
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

/// What outside services need from the rest of the program; the ports outlive them.
struct OutsideNeeds {
    const Settings& settings;
    application::EncounterKeeper& encounters;  ///< for the embedded record
    application::Clock& clock;
    application::Randomness& randomness;
    application::Telemetry& telemetry;
};

/// The owner of consents and the clinical record that the settings name, embedded or over a network.
class OutsideServices {
  public:
    /// Throws `DependencyAway` when a file that the settings name cannot be used.
    explicit OutsideServices(const OutsideNeeds& needs);

    [[nodiscard]] application::ConsentService& consent() { return *consent_; }
    [[nodiscard]] application::FhirGateway& record() { return *record_; }
    /// Those over a network.
    [[nodiscard]] const std::vector<std::shared_ptr<http_client::Dependency>>& dependencies() const {
        return dependencies_;
    }

  private:
    void make_consent(const OutsideNeeds& needs);
    void make_record(const OutsideNeeds& needs);

    std::vector<std::shared_ptr<http_client::Dependency>> dependencies_;
    std::unique_ptr<application::ConsentService> consent_;
    std::unique_ptr<http_client::HttpClient> record_client_;  ///< null when the record is embedded
    std::unique_ptr<application::FhirGateway> record_;
};

/// A clinic that does not exist, for questions that only see whether somebody is there.
[[nodiscard]] domain::TenantScope nobody();

}  // namespace vcare::program
