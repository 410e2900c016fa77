// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "application/task.hpp"
#include "domain/barred_user.hpp"
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
        domain::SignIn sign_in = {};
    };
    /// `unauthorized` for every bearer that is not right, with the reason in the detail (never the token);
    /// `token_invalid` for one of a barred user; `key_service_unavailable` when the issuer's keys cannot be
    /// had.
    [[nodiscard]] virtual Task<Result<Verified>> verify(std::string token) = 0;

    /// Refuses the user's earlier bearers from now on, those found right before too. Answers whether that is
    /// news.
    virtual bool bar(domain::BarredUser barred) = 0;
    /// Whether a caller who was verified has been barred since.
    [[nodiscard]] virtual bool is_barred(const domain::Caller& caller,
                                         const domain::SignIn& sign_in) const = 0;
    /// Drops what is no bearer's concern any more.
    virtual void forget_bars(domain::Instant barred_before) = 0;

    /// Asks the issuers for their keys anew where it is time to, for the health answers.
    [[nodiscard]] virtual Task<void> look() { co_return; }
};

}  // namespace vcare::application
