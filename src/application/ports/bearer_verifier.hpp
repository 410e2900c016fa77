// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "application/task.hpp"
#include "domain/permission.hpp"

namespace vcare::application {

/// Checks access tokens of trusted issuers (RS256 or ES256 against their JWKS; RFC 7519, RFC 8725). Safe to
/// call from any thread.
class BearerVerifier {
  public:
    virtual ~BearerVerifier() = default;
    struct Verified {
        domain::Caller caller;
        domain::Instant expires_at;
    };
    /// `unauthorized` for every bearer that is not right, with the reason in the detail (never the token);
    /// `key_service_unavailable` when the issuer's keys cannot be had.
    [[nodiscard]] virtual Task<Result<Verified>> verify(std::string token) = 0;

    /// Forgets which tokens of this user were found right, without a user those of anybody in the tenant:
    /// each is looked at anew when it comes again.
    virtual void forget(domain::TenantId tenant, std::optional<domain::UserId> user) {
        static_cast<void>(tenant);
        static_cast<void>(user);
    }

    /// Asks the issuers for their keys anew where it is time to, for the health answers.
    [[nodiscard]] virtual Task<void> look() { co_return; }
};

}  // namespace vcare::application
