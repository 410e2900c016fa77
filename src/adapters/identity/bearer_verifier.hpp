// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "adapters/identity/jwks_source.hpp"
#include "adapters/identity/trusted_issuer.hpp"
#include "application/ports/bearer_verifier.hpp"
#include "application/ports/clock.hpp"

namespace vcare::identity {

/// Safe to call from any thread; `clock` outlives it.
[[nodiscard]] std::unique_ptr<application::BearerVerifier> make_bearer_verifier(
    std::vector<TrustedIssuer> issuers, const application::Clock& clock);

}  // namespace vcare::identity
