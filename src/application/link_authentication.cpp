// SPDX-License-Identifier: Apache-2.0
#include "application/link_authentication.hpp"

#include <algorithm>

#include "application/id_maker.hpp"
#include "application/ports/clock.hpp"
#include "application/ports/credential_store.hpp"
#include "application/ports/keys.hpp"
#include "application/ports/tenant_store.hpp"
#include "application/tenant_authority.hpp"

namespace vcare::application {
namespace {

using domain::TenantScope;

constexpr std::size_t short_key_length = 6;
constexpr std::size_t code_secret_length = 16;  // base64url of 96 bits
constexpr std::string_view issuer = "vcare";

/// The secret half of a link's code: derived from the token's jti under the tenant's key, so that it can be
/// shown again without being stored.
std::string code_secret(const Cryptography& cryptography, const TenantKey& key, std::string_view jti) {
    return cryptography.hmac_sha256_base64url(key.bytes, "code:" + std::string{jti})
        .substr(0, code_secret_length);
}

std::string code_hash(const Cryptography& cryptography, const TenantScope& scope, std::string_view secret) {
    return cryptography.sha256_hex(scope.tenant().text() + ":" + std::string{secret});
}

JoinTokenClaims claims_of(const TenantScope& scope, const domain::JoinTokenRecord& record) {
    return {.issuer = std::string{issuer},
            .tenant = scope.tenant(),
            .session = record.session,
            .participant = record.participant,
            .role = record.role,
            .jti = record.jti,
            .issued_at = record.issued_at,
            .window = record.window};
}

}  // namespace

Task<Result<LinkHolder>> LinkAuthentication::operator()(std::string token, RequestContext request) {
    const bool is_code = token.size() == short_key_length + code_secret_length;
    if (is_code) co_return co_await by_code(std::move(token), std::move(request));
    co_return co_await by_token(std::move(token), std::move(request));
}

Task<Result<LinkHolder>> LinkAuthentication::by_code(std::string code, RequestContext request) {
    const auto tenant = co_await services_.tenants.find_tenant_by_short_key(code.substr(0, short_key_length));
    if (!tenant) co_return std::unexpected{tenant.error()};
    if (!*tenant) co_return refuse(ErrorCode::token_invalid);
    const TenantScope scope = TenantAuthority::grant((*tenant)->id).traced_by(request.trace);
    std::string hash = code_hash(services_.cryptography, scope, code.substr(short_key_length));
    auto found = co_await services_.credentials.find_token_by_code(scope, std::move(hash));
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return refuse(ErrorCode::token_invalid);
    co_return LinkHolder{scope, std::move(**found), std::move(request)};
}

Task<Result<LinkHolder>> LinkAuthentication::by_token(std::string token, RequestContext request) {
    const auto peeked = services_.cryptography.peek_join_token(token);
    if (!peeked) co_return refuse(ErrorCode::token_invalid);
    const auto tenant = co_await services_.tenants.find_tenant(peeked->tenant);
    if (!tenant) co_return std::unexpected{tenant.error()};
    if (!*tenant) co_return refuse(ErrorCode::token_invalid);
    const TenantScope scope = TenantAuthority::grant((*tenant)->id).traced_by(request.trace);
    const auto key =
        co_await services_.keys.key_of_version(scope, KeyPurpose::join_token, peeked->key_version);
    if (!key) {
        const bool is_unknown = key.error().code == ErrorCode::not_found;
        co_return is_unknown ? refuse(ErrorCode::token_invalid) : std::unexpected{key.error()};
    }
    const auto claims = services_.cryptography.verify_join_token(*key, token);
    if (!claims || claims->tenant != scope.tenant()) co_return refuse(ErrorCode::token_invalid);
    auto found = co_await services_.credentials.find_token(scope, claims->jti);
    if (!found) co_return std::unexpected{found.error()};
    if (!*found || (*found)->participant != claims->participant) co_return refuse(ErrorCode::token_invalid);
    co_return LinkHolder{scope, std::move(**found), std::move(request)};
}

Task<Result<domain::JoinTokenRecord>> LinkMaker::make(TenantScope scope, domain::SessionData session,
                                                      domain::TenantConfig config,
                                                      domain::ParticipantId participant,
                                                      std::optional<domain::seconds> ttl) {
    const auto key = co_await services_.keys.current_key(scope, KeyPurpose::join_token);
    if (!key) co_return std::unexpected{key.error()};
    IdMaker ids{services_.clock, services_.randomness};
    const domain::Instant now = services_.clock.now();
    const auto who = std::ranges::find(session.participants, participant, &domain::Participant::id);
    if (who == session.participants.end()) co_return refuse(ErrorCode::participant_not_found);
    domain::JoinTokenRecord record{.jti = services_.cryptography.base64url(ids.random_bytes(16)),
                                   .session = session.id,
                                   .participant = std::move(participant),
                                   .role = who->role,
                                   .issued_at = now,
                                   .issued_for = session.scheduled_start,
                                   .window = domain::JoinWindow::make(session, config, now, ttl),
                                   .key_version = key->version};
    record.code_hash =
        code_hash(services_.cryptography, scope, code_secret(services_.cryptography, *key, record.jti));
    co_return record;
}

Task<Result<std::vector<domain::JoinTokenRecord>>> LinkMaker::make_for_all(TenantScope scope,
                                                                           domain::SessionData session,
                                                                           domain::TenantConfig config) {
    std::vector<domain::JoinTokenRecord> records;
    for (const domain::Participant& person : session.participants) {
        if (person.is_removed()) continue;
        auto record = co_await make(scope, session, config, person.id, std::nullopt);
        if (!record) co_return std::unexpected{record.error()};
        records.push_back(*std::move(record));
    }
    co_return records;
}

Task<Result<JoinLink>> LinkMaker::link_of(TenantScope scope, domain::JoinTokenRecord record) {
    const auto key =
        co_await services_.keys.key_of_version(scope, KeyPurpose::join_token, record.key_version);
    if (!key) co_return std::unexpected{lost_key(key.error())};
    const auto tenant = co_await services_.tenants.find_tenant(scope.tenant());
    if (!tenant) co_return std::unexpected{tenant.error()};
    if (!*tenant) co_return refuse(ErrorCode::not_found);
    co_return JoinLink{.token = services_.cryptography.sign_join_token(*key, claims_of(scope, record)),
                       .code = (*tenant)->short_key + code_secret(services_.cryptography, *key, record.jti),
                       .window = record.window};
}

Task<Result<std::string>> CredentialMaker::secret_for(TenantScope scope, domain::ParticipantId participant,
                                                      std::string basis, std::optional<IdempotencyKey> key) {
    if (!key) {
        IdMaker ids{services_.clock, services_.randomness};
        co_return services_.cryptography.base64url(ids.random_bytes(32));
    }
    const auto tenant_key =
        co_await services_.keys.current_key(std::move(scope), KeyPurpose::visit_credential);
    if (!tenant_key) co_return std::unexpected{tenant_key.error()};
    co_return derived(*tenant_key, participant, basis, *key);
}

Task<Result<std::string>> CredentialMaker::repeat(TenantScope scope, domain::ParticipantId participant,
                                                  std::string basis, IdempotencyKey key) {
    auto tenant_key = co_await services_.keys.current_key(scope, KeyPurpose::visit_credential);
    if (!tenant_key) co_return std::unexpected{tenant_key.error()};
    std::string newest = derived(*tenant_key, participant, basis, key);
    std::string secret = newest;
    for (;;) {
        const auto found = co_await services_.credentials.find_credential(
            scope, participant, services_.cryptography.sha256_hex(secret));
        if (!found) co_return std::unexpected{found.error()};
        if (*found) co_return secret;
        if (tenant_key->version <= 1) co_return newest;
        tenant_key = co_await services_.keys.key_of_version(scope, KeyPurpose::visit_credential,
                                                            tenant_key->version - 1);
        if (!tenant_key && tenant_key.error().code == ErrorCode::not_found) co_return newest;
        if (!tenant_key) co_return std::unexpected{tenant_key.error()};
        secret = derived(*tenant_key, participant, basis, key);
    }
}

std::string CredentialMaker::derived(const TenantKey& tenant_key, const domain::ParticipantId& participant,
                                     const std::string& basis, const IdempotencyKey& key) const {
    return services_.cryptography.hmac_sha256_base64url(tenant_key.bytes,
                                                        participant.text() + "|" + basis + "|" + key.key);
}

}  // namespace vcare::application
