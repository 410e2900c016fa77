// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "application/ports/keys.hpp"
#include "domain/join_window.hpp"

namespace vcare::application {

/// What a join token says (RFC 7519, HS256). Times are whole seconds on the wire.
struct JoinTokenClaims {
    std::string issuer;
    domain::TenantId tenant;
    domain::SessionId session;
    domain::ParticipantId participant;
    domain::Role role{};
    std::string jti;
    domain::Instant issued_at;
    domain::JoinWindow window;

    friend bool operator==(const JoinTokenClaims&, const JoinTokenClaims&) = default;
};

/// What a token claims before anything is verified: enough to find the key to verify it with.
struct UnverifiedToken {
    domain::TenantId tenant;
    unsigned key_version = 1;  ///< from the header's `kid`
};

/// The arithmetic of secrets. Pure functions of their arguments, in constant time where a secret is
/// compared; no key is kept. Safe to call from any thread.
class Cryptography {
  public:
    virtual ~Cryptography() = default;

    [[nodiscard]] virtual std::string sha256_hex(std::string_view bytes) const = 0;
    /// Base64url without padding (RFC 4648).
    [[nodiscard]] virtual std::string hmac_sha256_base64url(std::string_view key,
                                                            std::string_view text) const = 0;
    [[nodiscard]] virtual std::string base64url(std::string_view bytes) const = 0;

    [[nodiscard]] virtual std::string sign_join_token(const TenantKey& key,
                                                      const JoinTokenClaims& claims) const = 0;
    /// Nothing when the text has not the form of a join token.
    [[nodiscard]] virtual std::optional<UnverifiedToken> peek_join_token(std::string_view token) const = 0;
    /// Nothing when the signature or a claim is not right. Does not look at the times.
    [[nodiscard]] virtual std::optional<JoinTokenClaims> verify_join_token(const TenantKey& key,
                                                                           std::string_view token) const = 0;

    /// AES-256-GCM with a fresh nonce; `bound_to` (tenant, table and row) is authenticated with it.
    [[nodiscard]] virtual std::string seal(const TenantKey& key, std::string_view plaintext,
                                           std::string_view bound_to) const = 0;
    [[nodiscard]] virtual std::optional<std::string> open(const TenantKey& key, std::string_view sealed,
                                                          std::string_view bound_to) const = 0;
};

}  // namespace vcare::application
