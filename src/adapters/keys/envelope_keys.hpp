// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/keys/key_encryption.hpp"
#include "application/ports/clock.hpp"
#include "application/ports/keys.hpp"
#include "application/ports/wrapped_key_store.hpp"

namespace vcare::keys {

struct EnvelopeSettings {
    std::string name_prefix = "vcare";  ///< of the names of keys in the key service
    /// Data keys that are kept unwrapped: for how long, and for how many tenants. A key in use is asked for
    /// again after half that time, so that a key service may be away for the other half; one older than that
    /// cannot be had while it is.
    domain::seconds kept_for{3600};
    std::size_t tenants_max = 10'000;
    /// After this time another replica's rotation is known here.
    domain::seconds list_kept_for{30};
};

/// A version of a tenant's key as an operator sees it.
struct KeyVersion {
    application::KeyPurpose purpose{};
    unsigned version = 1;
    domain::Instant created_at;
    bool is_current = false;
    /// Until when an older version is still needed for what was signed with it; nothing: for as long as the
    /// data lives.
    std::optional<domain::Instant> needed_until = {};
};

/// Data keys of tenants, wrapped by a key service under a key of each tenant's own, stored by the store and
/// kept in memory for a while: requests do not wait for an HSM.
class EnvelopeKeys : public application::KeyService {
  public:
    /// Every version of every purpose that the tenant has, newest first.
    [[nodiscard]] virtual Task<Result<std::vector<KeyVersion>>> list(domain::TenantScope scope) = 0;

    /// A new version of the tenant's key in the key service and of each data key; the older ones are wrapped
    /// anew, those that nothing needs any more are forgotten. When it fails halfway nothing is lost; repeat
    /// it. Other replicas sign with the new version within `list_kept_for`.
    [[nodiscard]] virtual Task<Result<void>> rotate(domain::TenantScope scope) = 0;
};

/// The name of a tenant's key in a key service: `<prefix>-<tenant>`, where what is neither letter, digit nor
/// hyphen becomes `_` and two hexadecimal digits. No two tenants share one, and none is the service's own.
[[nodiscard]] std::string key_name_of(const std::string& prefix, const domain::TenantId& tenant);

/// The store and the clock outlive it.
[[nodiscard]] std::unique_ptr<EnvelopeKeys> make_envelope_keys(EnvelopeSettings settings,
                                                               std::unique_ptr<KeyEncryption> encryption,
                                                               application::WrappedKeyStore& store,
                                                               application::Clock& clock);

}  // namespace vcare::keys
