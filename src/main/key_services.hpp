// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "adapters/http_client/dependency.hpp"
#include "adapters/identity/embedded_issuer.hpp"
#include "adapters/keys/envelope_keys.hpp"
#include "application/ports/clock.hpp"
#include "application/ports/telemetry.hpp"
#include "application/ports/wrapped_key_store.hpp"
#include "main/settings.hpp"

namespace vcare::program {

/// What key services need from the rest of the program; the ports outlive them.
struct KeyNeeds {
    const Settings& settings;
    application::WrappedKeyStore& wrapped_keys;
    application::Clock& clock;
    application::Telemetry& telemetry;
};

/// Where the settings keep keys, in files or with a service, and the embedded issuer's key, which is in a
/// file.
class KeyServices {
  public:
    /// Throws `DependencyAway` when a folder or a file cannot be used. A key service that is away is no
    /// reason: it is asked again when it is needed.
    explicit KeyServices(const KeyNeeds& needs);

    [[nodiscard]] application::KeyService& keys() { return *keys_; }
    /// Null when an OIDC provider is the issuer.
    [[nodiscard]] const identity::EmbeddedIssuer* issuer() const { return issuer_ ? &*issuer_ : nullptr; }
    /// The same keys for operators; null when they are in files.
    [[nodiscard]] keys::EnvelopeKeys* envelope() { return envelope_; }
    /// How the key service does; null when keys are in files.
    [[nodiscard]] const std::shared_ptr<http_client::Dependency>& dependency() const { return dependency_; }

  private:
    std::unique_ptr<application::KeyService> keys_;
    keys::EnvelopeKeys* envelope_ = nullptr;
    std::shared_ptr<http_client::Dependency> dependency_;
    std::optional<identity::EmbeddedIssuer> issuer_;
};

}  // namespace vcare::program
