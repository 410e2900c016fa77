// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "adapters/fhir/fhir_transport.hpp"
#include "adapters/http_client/dependency.hpp"
#include "application/ports/clock.hpp"
#include "application/ports/fhir_gateway.hpp"
#include "application/ports/randomness.hpp"
#include "application/ports/telemetry.hpp"

namespace vcare::fhir {

/// Speaks FHIR over the transport. `identifier_system` is the system of the identifier an Encounter carries.
/// `dependency` hears how each call went and says when the server is left alone. Safe to call from any thread
/// if the transport is; the ports outlive it.
[[nodiscard]] std::unique_ptr<application::FhirGateway> make_fhir_gateway(
    std::unique_ptr<FhirTransport> transport, std::string identifier_system,
    std::shared_ptr<http_client::Dependency> dependency, application::Clock& clock,
    application::Randomness& randomness, application::Telemetry& telemetry);

}  // namespace vcare::fhir
