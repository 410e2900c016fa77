// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "adapters/http_client/dependency.hpp"
#include "adapters/http_client/http_client.hpp"
#include "application/ports/clock.hpp"
#include "application/ports/consent_service.hpp"
#include "application/ports/randomness.hpp"
#include "application/ports/telemetry.hpp"

namespace vcare::consent {

/// Somebody waits at the gate: the pauses are short, so that it opens soon after the service is back.
constexpr http_client::CircuitBreaker::Pauses consent_pauses{.min = domain::milliseconds{1'000},
                                                             .max = domain::milliseconds{5'000}};

struct HttpConsentSettings {
    http_client::Url url;
    std::string token = {};  ///< sent as a bearer; empty: none is
    bool takes_records = true;
};

/// The consent service at a URL: `GET {url}/consents/decision` and `POST {url}/consents`, each within 2 s.
/// Whatever is not a clear answer is `consent_service_unavailable`; so is a record where none is taken. Safe
/// to call from any loop; the ports outlive it. `dependency` hears how each call went.
[[nodiscard]] std::unique_ptr<application::ConsentService> make_http_consent_service(
    HttpConsentSettings settings, std::unique_ptr<http_client::HttpClient> client,
    std::shared_ptr<http_client::Dependency> dependency, const application::Clock& clock,
    application::Randomness& randomness, application::Telemetry& telemetry);

}  // namespace vcare::consent
