// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "adapters/http_client/dependency.hpp"
#include "adapters/keys/key_encryption.hpp"
#include "adapters/keys/pkcs11_token.hpp"
#include "application/ports/clock.hpp"
#include "application/ports/telemetry.hpp"

namespace vcare::keys {

/// Somebody waits for a link or at the door: the pauses are short.
constexpr http_client::CircuitBreaker::Pauses key_service_pauses{.min = domain::milliseconds{1'000},
                                                                 .max = domain::milliseconds{5'000}};

/// A key service on a token: `sessions` threads call the module, each with a session of its own; no event
/// loop waits in it. Every call is answered within 2 s. `dependency` hears how each call went; the ports
/// outlive the object.
[[nodiscard]] std::unique_ptr<KeyEncryption> make_pkcs11_keys(
    std::unique_ptr<Pkcs11Token> token, unsigned sessions,
    std::shared_ptr<http_client::Dependency> dependency, const application::Clock& clock,
    application::Telemetry& telemetry);

}  // namespace vcare::keys
