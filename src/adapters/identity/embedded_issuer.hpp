// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/crypto/signature.hpp"
#include "adapters/identity/trusted_issuer.hpp"
#include "domain/permission.hpp"

namespace vcare::identity {

/// Who a staff token is for and what it allows. With role `patient`, `user` is the patientId.
struct StaffTokenClaims {
    domain::UserId user;
    domain::TenantId tenant;
    domain::EnumSet<domain::StaffRole> roles;
    std::optional<domain::EnumSet<domain::Scope>> scopes = {};  ///< absent: all that the roles may have
    std::vector<domain::NodeId> nodes = {};
    std::string name = {};
    domain::Instant issued_at;
    domain::seconds ttl{3600};
};

/// Signs staff tokens with a key of our own, for the demonstration, development and the command line. Its
/// tokens are verified like those of any other issuer. Safe to use from any thread.
class EmbeddedIssuer {
  public:
    /// The `iss` of its tokens.
    static constexpr std::string_view issuer = "urn:vcare:embedded-issuer";

    EmbeddedIssuer(crypto::Es256Key key, std::string audience);

    [[nodiscard]] std::string sign(const StaffTokenClaims& claims) const;
    [[nodiscard]] std::string jwks() const;
    /// For the verifier: this issuer, its key, every role.
    [[nodiscard]] TrustedIssuer as_trusted() const;

  private:
    crypto::Es256Key key_;
    std::string audience_;
    std::string kid_;
};

}  // namespace vcare::identity
