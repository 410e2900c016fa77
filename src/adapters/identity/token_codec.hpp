// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/crypto/signature.hpp"
#include "adapters/identity/trusted_issuer.hpp"
#include "domain/time.hpp"

/// The JSON of access tokens and JWK sets.
namespace vcare::identity {

/// Why a token is refused: a sentence for people, the same for every token.
using Reason = std::string_view;

struct TokenHeader {
    crypto::SignatureAlgorithm algorithm{};
    std::string kid;
};
[[nodiscard]] std::expected<TokenHeader, Reason> parse_token_header(std::string_view json);

/// What a token says of its issuer: enough to know whose key and claim names to use. Unverified.
[[nodiscard]] std::optional<std::string> peek_issuer(std::string_view json);

/// The claims by our names, with the right types; not judged.
struct TokenClaims {
    std::vector<std::string> audiences;
    std::string subject;
    std::string tenant;
    std::vector<std::string> roles;
    std::string scope;
    std::vector<std::string> nodes;
    std::string name;
    std::string client;   ///< `azp`: for whom the issuer made it
    std::string session;  ///< `sid`, or what Keycloak called it before: the user's session there
    domain::Instant expires_at;
    std::optional<domain::Instant> issued_at;
    std::optional<domain::Instant> not_before;
};
/// Refuses also what can be told to be no access token: an ID token, a refresh or logout token.
[[nodiscard]] std::expected<TokenClaims, Reason> parse_token_claims(std::string_view json,
                                                                    const ClaimNames& names);

using KeysById = std::map<std::string, crypto::PublicKey>;
/// Nothing when the text is no JWK set; keys that are of no use here are left out.
[[nodiscard]] std::optional<KeysById> parse_jwks(std::string_view json);

/// The JWK of a point of P-256, with what it is for; and the text its thumbprint is over (RFC 7638).
[[nodiscard]] std::string write_jwks(const crypto::Es256Key::Point& point, std::string_view kid);
[[nodiscard]] std::string write_thumbprint_input(const crypto::Es256Key::Point& point);

[[nodiscard]] std::string write_token_header(std::string_view kid);
/// What the embedded issuer says.
struct IssuedClaims {
    std::string issuer;
    std::string audience;
    std::string subject;
    std::string tenant;
    std::vector<std::string> roles;
    std::string scope;
    std::vector<std::string> nodes;
    std::string name;
    std::string token_id;
    domain::Instant issued_at;
    domain::Instant expires_at;
};
[[nodiscard]] std::string write_token_claims(const IssuedClaims& claims);

}  // namespace vcare::identity
