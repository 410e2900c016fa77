// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/crypto/signature.hpp"
#include "application/task.hpp"

namespace vcare::identity {

/// The public keys of one issuer. Safe to call from any loop.
class JwksSource {
  public:
    virtual ~JwksSource() = default;
    /// Nothing when the issuer has no such key. A source that fetches keys looks again for an unknown one,
    /// not oftener than its floor between refreshes allows.
    /// `key_service_unavailable` when it cannot tell.
    [[nodiscard]] virtual Task<Result<std::optional<crypto::PublicKey>>> find_key(std::string kid) = 0;
    /// Fetches the keys anew when those that are known are old; keys that do not change never are.
    [[nodiscard]] virtual Task<void> look() { co_return; }
};

/// The keys of a JWK set (RFC 7517) that does not change. Keys of other kinds than ours, for other uses or
/// without an id are left out; null when the text is no JWK set.
[[nodiscard]] std::shared_ptr<JwksSource> make_fixed_jwks(std::string_view jwks_json);

}  // namespace vcare::identity
