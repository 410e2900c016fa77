// SPDX-License-Identifier: Apache-2.0
#include "adapters/identity/embedded_issuer.hpp"

#include <algorithm>

#include "adapters/crypto/compact_jws.hpp"
#include "adapters/crypto/digest.hpp"
#include "adapters/crypto/encoding.hpp"
#include "adapters/crypto/random.hpp"
#include "adapters/identity/jwks_source.hpp"
#include "adapters/identity/token_codec.hpp"

namespace vcare::identity {
namespace {

domain::EnumSet<domain::Scope> scopes_of(domain::EnumSet<domain::StaffRole> roles) {
    domain::EnumSet<domain::Scope> scopes;
    for (const auto& [scope, word] : words_of(domain::Scope{})) {
        const auto may_have = [&](domain::StaffRole role) { return domain::role_may(role, scope); };
        if (std::ranges::any_of(roles, may_have)) scopes.insert(scope);
    }
    return scopes;
}

template <class Words>
std::vector<std::string> to_words(const Words& values) {
    std::vector<std::string> words;
    for (const auto value : values) words.emplace_back(domain::to_wire(value));
    return words;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

}  // namespace

EmbeddedIssuer::EmbeddedIssuer(crypto::Es256Key key, std::string audience)
    : key_(std::move(key)),
      audience_(std::move(audience)),
      kid_(crypto::to_base64url(crypto::sha256(write_thumbprint_input(key_.point())))) {
}

std::string EmbeddedIssuer::sign(const StaffTokenClaims& claims) const {
    std::vector<std::string> nodes;
    for (const domain::NodeId& node : claims.nodes) nodes.push_back(node.text());
    const IssuedClaims issued{.issuer = std::string{issuer},
                              .audience = audience_,
                              .subject = claims.user.text(),
                              .tenant = claims.tenant.text(),
                              .roles = to_words(claims.roles),
                              .scope = joined(to_words(claims.scopes.value_or(scopes_of(claims.roles)))),
                              .nodes = std::move(nodes),
                              .name = claims.name,
                              .token_id = crypto::to_base64url(crypto::random_bytes(16)),
                              .issued_at = claims.issued_at,
                              .expires_at = claims.issued_at + claims.ttl};
    std::string signing_input =
        crypto::jws_signing_input(write_token_header(kid_), write_token_claims(issued));
    const std::string signature = key_.sign(signing_input);
    return crypto::to_compact_jws(std::move(signing_input), signature);
}

std::string EmbeddedIssuer::jwks() const {
    return write_jwks(key_.point(), kid_);
}

TrustedIssuer EmbeddedIssuer::as_trusted() const {
    domain::EnumSet<domain::StaffRole> every_role;
    for (const auto& [role, word] : words_of(domain::StaffRole{})) every_role.insert(role);
    return {.issuer = std::string{issuer},
            .audience = audience_,
            .keys = make_fixed_jwks(jwks()),
            .may_give = every_role};
}

}  // namespace vcare::identity
