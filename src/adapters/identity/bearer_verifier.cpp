// SPDX-License-Identifier: Apache-2.0
#include "adapters/identity/bearer_verifier.hpp"

#include <algorithm>

#include "adapters/crypto/compact_jws.hpp"
#include "adapters/identity/bar_list.hpp"
#include "adapters/identity/token_codec.hpp"
#include "adapters/identity/verdict_cache.hpp"
#include "application/side_by_side.hpp"

namespace vcare::identity {
namespace {

using Verified = application::BearerVerifier::Verified;

constexpr std::size_t token_characters_max = 8'192;
constexpr std::size_t name_bytes_max = 200;
constexpr domain::seconds leeway{30};

std::unexpected<Error> refuse(Reason reason) {
    return domain::refuse(ErrorCode::unauthorized, std::string{reason});
}

domain::EnumSet<domain::StaffRole> roles_of(const TokenClaims& claims, const TrustedIssuer& issuer) {
    domain::EnumSet<domain::StaffRole> said;
    for (const std::string& word : claims.roles) {
        const auto [first, last] = issuer.role_words.equal_range(word);
        for (auto meant = first; meant != last; ++meant) said.insert(meant->second);
        const auto role = domain::parse_wire<domain::StaffRole>(word);
        if (role && issuer.role_words.empty()) said.insert(*role);
    }
    if (issuer.gives_everybody) said.insert(*issuer.gives_everybody);
    return said & issuer.may_give;
}

/// Every scope that one of the roles may have.
domain::EnumSet<domain::Scope> all_scopes_of(domain::EnumSet<domain::StaffRole> roles) {
    domain::EnumSet<domain::Scope> scopes;
    for (const auto& [scope, holders] : domain::permissions()) {
        if (!(holders & roles).empty()) scopes.insert(scope);
    }
    return scopes;
}

/// Words between single spaces (RFC 6749, section 3.3).
domain::EnumSet<domain::Scope> scopes_in(std::string_view text) {
    domain::EnumSet<domain::Scope> scopes;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        if (const auto scope = domain::parse_wire<domain::Scope>(text.substr(0, end))) scopes.insert(*scope);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return scopes;
}

Result<Verified> judge(const TokenClaims& claims, const TrustedIssuer& issuer, domain::Instant now) {
    if (std::ranges::find(claims.audiences, issuer.audience) == claims.audiences.end())
        return refuse("The token is for another audience.");
    const bool is_for_a_client_of_ours = issuer.clients.empty() || issuer.clients.contains(claims.client);
    if (!is_for_a_client_of_ours) return refuse("The token was made for another client.");
    if (now >= claims.expires_at + leeway) return refuse("The token has expired.");
    const bool is_too_old = claims.issued_at && now >= *claims.issued_at + domain::bearer_life_max;
    if (is_too_old) return refuse("The token was issued too long ago.");
    if (claims.not_before && now < *claims.not_before - leeway) return refuse("The token is not valid yet.");

    auto user = domain::UserId::parse(claims.subject);
    auto tenant = domain::TenantId::parse(claims.tenant);
    if (!user) return refuse("The token does not say who it is about.");
    if (!tenant) return refuse("The token does not name a tenant.");
    std::vector<domain::NodeId> nodes;
    for (const std::string& text : claims.nodes) {
        auto node = domain::NodeId::parse(text);
        if (!node) return refuse("The token names a facility that is no id.");
        nodes.push_back(std::move(*node));
    }
    const bool name_fits = claims.name.size() <= name_bytes_max;
    const domain::EnumSet<domain::StaffRole> roles = roles_of(claims, issuer);
    const bool roles_bring_scopes = issuer.claims.scope.empty();
    const domain::EnumSet<domain::Scope> scopes =
        roles_bring_scopes ? all_scopes_of(roles) : scopes_in(claims.scope);
    return Verified{.caller = {.user = std::move(*user),
                               .tenant = std::move(*tenant),
                               .roles = roles,
                               .scopes = scopes,
                               .nodes = std::move(nodes),
                               .name = name_fits ? claims.name : std::string{}},
                    .expires_at = claims.expires_at,
                    .sign_in = {.issued_at = claims.issued_at, .session = claims.session}};
}

class JwksBearerVerifier final : public application::BearerVerifier {
  public:
    JwksBearerVerifier(std::vector<TrustedIssuer> issuers, const application::Clock& clock)
        : issuers_(std::move(issuers)), clock_(clock) {}

    Task<Result<Verified>> verify(std::string token) override {
        if (token.size() > token_characters_max) co_return refuse("The token is too long.");
        const VerdictCache::Key key = VerdictCache::key_of(token);
        if (auto known = verdicts_.find(key, clock_.now())) co_return unless_barred(*std::move(known));

        auto verdict = co_await verify_anew(std::move(token));
        if (!verdict) co_return verdict;
        verdicts_.keep(key, *verdict, clock_.now());
        co_return unless_barred(*std::move(verdict));
    }

    bool bar(domain::BarredUser barred) override {
        const bool is_news = bars_.add(barred);
        if (is_news) verdicts_.forget(barred.tenant, barred.user);
        return is_news;
    }

    bool is_barred(const domain::Caller& caller, const domain::SignIn& sign_in) const override {
        return bars_.covers(caller.tenant, caller.user, sign_in);
    }

    void forget_bars(domain::Instant barred_before) override { bars_.forget(barred_before); }

    Task<void> look() override {
        std::vector<Task<void>> looks;
        for (const TrustedIssuer& issuer : issuers_) looks.push_back(issuer.keys->look());
        co_await application::side_by_side(std::move(looks));
    }

  private:
    Task<Result<Verified>> verify_anew(std::string token) {
        const auto parts = crypto::parse_compact_jws(token);
        if (!parts) co_return refuse("This is no signed token.");
        const auto header = parse_token_header(parts->header);
        if (!header) co_return refuse(header.error());
        const TrustedIssuer* const issuer = find_issuer(parts->payload);
        if (issuer == nullptr) co_return refuse("The token's issuer is not trusted.");

        const auto key = co_await issuer->keys->find_key(header->kid);
        if (!key) co_return std::unexpected{key.error()};
        if (!*key) co_return refuse("The token's key is not one of its issuer's.");
        // The key decides the algorithm: a token cannot choose how it is to be verified.
        if ((*key)->algorithm() != header->algorithm)
            co_return refuse("The token's key is for another algorithm.");
        if (!(*key)->verifies(parts->signing_input, parts->signature))
            co_return refuse("The token's signature is wrong.");

        const auto claims = parse_token_claims(parts->payload, issuer->claims);
        if (!claims) co_return refuse(claims.error());
        co_return judge(*claims, *issuer, clock_.now());
    }

    Result<Verified> unless_barred(Verified verdict) const {
        if (is_barred(verdict.caller, verdict.sign_in))
            return domain::refuse(ErrorCode::token_invalid,
                                  "This sign-in was revoked. Please sign in again.");
        return verdict;
    }

    const TrustedIssuer* find_issuer(std::string_view payload) const {
        const auto name = peek_issuer(payload);
        const auto found = std::ranges::find_if(
            issuers_, [&](const TrustedIssuer& trusted) { return name && trusted.issuer == *name; });
        return found == issuers_.end() ? nullptr : &*found;
    }

    const std::vector<TrustedIssuer> issuers_;
    const application::Clock& clock_;
    VerdictCache verdicts_;
    BarList bars_;
};

}  // namespace

std::unique_ptr<application::BearerVerifier> make_bearer_verifier(std::vector<TrustedIssuer> issuers,
                                                                  const application::Clock& clock) {
    return std::make_unique<JwksBearerVerifier>(std::move(issuers), clock);
}

}  // namespace vcare::identity
