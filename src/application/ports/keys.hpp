// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "application/task.hpp"
#include "domain/tenant_scope.hpp"
#include "domain/wire_words.hpp"

namespace vcare::application {

/// What a tenant's key is used for. Each purpose is a key of its own.
enum class KeyPurpose : std::uint8_t {
    join_token,        ///< HS256 signature of join tokens
    visit_credential,  ///< derivation of credentials issued under an Idempotency-Key
    phi,               ///< AES-256-GCM of whereabouts and other PHI at rest
};
inline constexpr domain::WireWords<KeyPurpose, 3> key_purpose_words = {{
    {KeyPurpose::join_token, "join_token"},
    {KeyPurpose::visit_credential, "visit_credential"},
    {KeyPurpose::phi, "phi"},
}};
[[nodiscard]] constexpr const auto& words_of(KeyPurpose) {
    return key_purpose_words;
}

/// One version of one tenant's key of one purpose: 32 bytes that never leave the process.
struct TenantKey {
    std::string bytes;
    unsigned version = 1;
};

/// Why a key cannot be had that something stored was made with: one that is gone is the key service's
/// failure, not the asker's.
[[nodiscard]] inline Error lost_key(Error why) {
    if (why.code == ErrorCode::not_found) why.code = ErrorCode::key_service_unavailable;
    return why;
}

/// Keys of tenants and of the service. Fails closed: `key_service_unavailable` when a key cannot be had.
class KeyService {
  public:
    virtual ~KeyService() = default;

    /// The key to use for new signatures.
    [[nodiscard]] virtual Task<Result<TenantKey>> current_key(domain::TenantScope scope,
                                                              KeyPurpose purpose) = 0;

    /// An older version that something was signed with; `not_found` when there is no such version (any more):
    /// whatever names it was not made here, or long ago.
    [[nodiscard]] virtual Task<Result<TenantKey>> key_of_version(domain::TenantScope scope,
                                                                 KeyPurpose purpose, unsigned version) = 0;

    /// Signs an audit checkpoint with the service's own key (ES256); the text of the signature is to be given
    /// back to `verify_checkpoint` as it is.
    [[nodiscard]] virtual Task<Result<std::string>> sign_checkpoint(std::string text) = 0;
    [[nodiscard]] virtual Task<Result<bool>> verify_checkpoint(std::string text, std::string signature) = 0;

    /// Asks whether the service that holds the keys is there, for the health answers; keys in files always
    /// are.
    [[nodiscard]] virtual Task<void> look() { co_return; }
};

}  // namespace vcare::application
