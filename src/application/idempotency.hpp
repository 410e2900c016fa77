// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/context.hpp"
#include "application/services.hpp"
#include "application/task.hpp"

namespace vcare::application {

/// Finds the answer that was kept under a key. Nothing: do the work. `idempotency_key_reused` when the key
/// was used for another request.
class Idempotency {
  public:
    explicit Idempotency(const Services& services) : services_(services) {}
    [[nodiscard]] Task<Result<std::optional<KeptAnswer>>> find(domain::TenantScope scope, IdempotencyKey key);

    /// The secrets that a kept answer leaves out, derived again. `secret_of` is what the answer names:
    /// a participant id (a visit credential, bound to `key`) or a jti (a join link).
    struct Secrets {
        std::string credential = {};
        std::string token = {};
        std::string code = {};
    };
    [[nodiscard]] Task<Result<Secrets>> secrets_of(domain::TenantScope scope, IdempotencyKey key,
                                                   std::string secret_of);

  private:
    Task<bool> is_jti(domain::TenantScope scope, std::string caller);
    Services services_;
};

}  // namespace vcare::application
