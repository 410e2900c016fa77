// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "application/ports/keys.hpp"
#include "domain/time.hpp"

namespace vcare::application {

/// A tenant's data key as it is stored: wrapped by a key that never leaves the key service.
struct WrappedKey {
    KeyPurpose purpose{};
    unsigned version = 1;
    std::string wrapped;  ///< text; only the key service can make anything of it
    domain::Instant created_at;
};

/// Keeps the wrapped data keys, for all replicas. What is in it is worthless without the key service.
class WrappedKeyStore {
  public:
    virtual ~WrappedKeyStore() = default;

    /// Every version of every purpose, newest first within a purpose.
    [[nodiscard]] virtual Task<Result<std::vector<WrappedKey>>> keys_of(domain::TenantScope scope) = 0;

    /// Adds a version; false when it is there already: another replica was first, and its key counts.
    [[nodiscard]] virtual Task<Result<bool>> add(domain::TenantScope scope, WrappedKey key) = 0;

    /// Puts the same data key, wrapped anew, in the place of `before.wrapped`; false when that is not there
    /// any more.
    [[nodiscard]] virtual Task<Result<bool>> replace(domain::TenantScope scope, WrappedKey before,
                                                     std::string wrapped) = 0;

    /// Forgets a version for ever. Repeating it is harmless.
    [[nodiscard]] virtual Task<Result<void>> forget(domain::TenantScope scope, KeyPurpose purpose,
                                                    unsigned version) = 0;

    /// When the last join link that this version of the key was used for expires; nothing when there is none.
    [[nodiscard]] virtual Task<Result<std::optional<domain::Instant>>> last_link_expires_at(
        domain::TenantScope scope, unsigned version) = 0;
};

}  // namespace vcare::application
