// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "adapters/crypto/rs384_key.hpp"
#include "adapters/fhir/fhir_transport.hpp"
#include "adapters/http_client/http_client.hpp"
#include "application/ports/clock.hpp"
#include "application/ports/randomness.hpp"
#include "application/ports/telemetry.hpp"

namespace vcare::fhir {

/// What is shown to a FHIR server that wants to know who asks. Safe to call from any loop.
class AccessTokens {
  public:
    virtual ~AccessTokens() = default;
    /// One that should be good now; empty: the server is shown none.
    [[nodiscard]] virtual Task<std::expected<std::string, NoAnswer>> current(
        http_client::Deadline deadline) = 0;
    /// The server did not take `token`. True when a new one can be had.
    [[nodiscard]] virtual bool forget(const std::string& token) = 0;
};

/// Always the same one, or none at all when it is empty.
[[nodiscard]] std::unique_ptr<AccessTokens> make_fixed_token(std::string token);

/// SMART Backend Services (https://hl7.org/fhir/smart-app-launch/backend-services.html).
struct SmartClient {
    http_client::Url token_url;
    std::string client_id;
    std::string key_id;  ///< `kid` of the public key that the server knows
    std::string scope;
    crypto::Rs384Key key;
};

/// Client credentials with `private_key_jwt`; a token is kept until shortly before it ends. `client` and the
/// ports outlive it.
[[nodiscard]] std::unique_ptr<AccessTokens> make_smart_tokens(SmartClient smart,
                                                              http_client::HttpClient& client,
                                                              const application::Clock& clock,
                                                              application::Randomness& randomness,
                                                              application::Telemetry& telemetry);

}  // namespace vcare::fhir
