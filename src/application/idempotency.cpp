// SPDX-License-Identifier: Apache-2.0
#include "application/idempotency.hpp"

#include "application/link_authentication.hpp"
#include "application/ports/credential_store.hpp"
#include "application/visit_authentication.hpp"

namespace vcare::application {

using domain::TenantScope;

Task<Result<std::optional<KeptAnswer>>> Idempotency::find(TenantScope scope, IdempotencyKey key) {
    auto found = co_await services_.credentials.find_kept_answer(std::move(scope), key.caller, key.key);
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return std::optional<KeptAnswer>{};
    if ((*found)->key.fingerprint != key.fingerprint) co_return refuse(ErrorCode::idempotency_key_reused);
    co_return std::optional{std::move((*found)->answer)};
}

Task<Result<Idempotency::Secrets>> Idempotency::secrets_of(TenantScope scope, IdempotencyKey key,
                                                           std::string secret_of) {
    Secrets secrets;
    if (const auto participant = domain::ParticipantId::parse(secret_of)) {
        // Joined by a link the basis is the caller (the token's jti); staff have none.
        CredentialMaker maker{services_};
        const bool by_link = co_await is_jti(scope, key.caller);
        auto secret = co_await maker.repeat(scope, *participant, by_link ? key.caller : "", key);
        if (!secret) co_return std::unexpected{secret.error()};
        secrets.credential = VisitCredential::make(scope.tenant(), *participant, std::move(*secret)).reveal();
        co_return secrets;
    }
    auto record = co_await services_.credentials.find_token(scope, std::move(secret_of));
    if (!record) co_return std::unexpected{record.error()};
    if (!*record) co_return refuse(ErrorCode::token_invalid);
    LinkMaker links{services_};
    auto link = co_await links.link_of(std::move(scope), std::move(**record));
    if (!link) co_return std::unexpected{link.error()};
    secrets.token = std::move(link->token);
    secrets.code = std::move(link->code);
    co_return secrets;
}

Task<bool> Idempotency::is_jti(TenantScope scope, std::string caller) {
    const auto found = co_await services_.credentials.find_token(std::move(scope), std::move(caller));
    co_return found && *found;
}

}  // namespace vcare::application
