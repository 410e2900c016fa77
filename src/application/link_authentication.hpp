// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "application/context.hpp"
#include "application/ports/cryptography.hpp"
#include "application/services.hpp"
#include "application/task.hpp"

namespace vcare::application {

/// A join token with everything that can be handed out for it.
struct JoinLink {
    std::string token;  ///< the JWT
    std::string code;   ///< 22 characters that stand for it: the tenant's short key and 96 bits
    domain::JoinWindow window;
};

/// Who holds a genuine link, whatever became of it since.
struct LinkHolder {
    domain::TenantScope scope;
    domain::JoinTokenRecord token;
    RequestContext request;
};

/// Tells genuine links from others. Every kind of wrong gives the same `token_invalid`.
class LinkAuthentication {
  public:
    explicit LinkAuthentication(const Services& services) : services_(services) {}
    /// `token` is a JWT or a link's code.
    [[nodiscard]] Task<Result<LinkHolder>> operator()(std::string token, RequestContext request);

  private:
    Task<Result<LinkHolder>> by_code(std::string code, RequestContext request);
    Task<Result<LinkHolder>> by_token(std::string token, RequestContext request);
    Services services_;
};

/// Makes join tokens and their codes; both are derived from the stored record, so that they can be given
/// again without being kept.
class LinkMaker {
  public:
    explicit LinkMaker(const Services& services) : services_(services) {}
    /// A record to add to the unit of work; its code's hash is set.
    [[nodiscard]] Task<Result<domain::JoinTokenRecord>> make(domain::TenantScope scope,
                                                             domain::SessionData session,
                                                             domain::TenantConfig config,
                                                             domain::ParticipantId participant,
                                                             std::optional<domain::seconds> ttl);
    /// The same for everybody who is invited to the session.
    [[nodiscard]] Task<Result<std::vector<domain::JoinTokenRecord>>> make_for_all(
        domain::TenantScope scope, domain::SessionData session, domain::TenantConfig config);
    [[nodiscard]] Task<Result<JoinLink>> link_of(domain::TenantScope scope, domain::JoinTokenRecord record);

  private:
    Services services_;
};

/// Makes visit credentials: random, or derived from an idempotency key so that a repeat derives it again.
class CredentialMaker {
  public:
    explicit CredentialMaker(const Services& services) : services_(services) {}
    /// `basis` is what the derivation is bound to beside the participant: the token's jti; empty for staff.
    [[nodiscard]] Task<Result<std::string>> secret_for(domain::TenantScope scope,
                                                       domain::ParticipantId participant, std::string basis,
                                                       std::optional<IdempotencyKey> key);
    /// The secret that was made so, by the version of the key that was current then.
    [[nodiscard]] Task<Result<std::string>> repeat(domain::TenantScope scope,
                                                   domain::ParticipantId participant, std::string basis,
                                                   IdempotencyKey key);

  private:
    [[nodiscard]] std::string derived(const TenantKey& tenant_key, const domain::ParticipantId& participant,
                                      const std::string& basis, const IdempotencyKey& key) const;

    Services services_;
};

}  // namespace vcare::application
