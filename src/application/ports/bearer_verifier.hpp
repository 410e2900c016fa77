// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "application/task.hpp"
#include "domain/permission.hpp"

namespace vcare::application {

/// Checks access tokens of trusted issuers (RS256 or ES256 against their JWKS; RFC 7519, RFC 8725).
class BearerVerifier {
  public:
    virtual ~BearerVerifier() = default;
    struct Verified {
        domain::Caller caller;
        domain::Instant expires_at;
    };
    /// `unauthorized` for every bearer that is not right, with the reason in the detail (never the token).
    [[nodiscard]] virtual Task<Result<Verified>> verify(std::string token) = 0;
};

}  // namespace vcare::application
