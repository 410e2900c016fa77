// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "adapters/http_client/dependency.hpp"
#include "adapters/identity/embedded_issuer.hpp"
#include "application/ports/bearer_verifier.hpp"
#include "application/ports/clock.hpp"
#include "application/ports/telemetry.hpp"
#include "main/settings.hpp"

namespace vcare::program {

/// What the issuers need from the rest of the program; the ports outlive them.
struct IssuerNeeds {
    const Settings& settings;
    const identity::EmbeddedIssuer* embedded;  ///< null when an OIDC provider is the issuer
    application::Clock& clock;
    application::Telemetry& telemetry;
};

/// Whose access tokens the settings say are believed: those of staff and of a portal's patients.
class TrustedIssuers {
  public:
    /// Asks nobody yet: an issuer that is away is no reason not to start. Throws `DependencyAway` when a file
    /// that the settings name cannot be used.
    explicit TrustedIssuers(const IssuerNeeds& needs);

    [[nodiscard]] application::BearerVerifier& bearers() { return *bearers_; }
    /// Those over a network.
    [[nodiscard]] const std::vector<std::shared_ptr<http_client::Dependency>>& dependencies() const {
        return dependencies_;
    }

  private:
    std::vector<std::shared_ptr<http_client::Dependency>> dependencies_;
    std::unique_ptr<application::BearerVerifier> bearers_;
};

}  // namespace vcare::program
