// SPDX-License-Identifier: Apache-2.0
#include "adapters/identity/jwks_source.hpp"

#include "adapters/identity/token_codec.hpp"

namespace vcare::identity {
namespace {

class FixedJwks final : public JwksSource {
  public:
    explicit FixedJwks(KeysById keys) : keys_(std::move(keys)) {}

    Task<Result<std::optional<crypto::PublicKey>>> find_key(std::string kid) override {
        const auto found = keys_.find(kid);
        if (found == keys_.end()) co_return std::nullopt;
        co_return found->second;
    }

  private:
    const KeysById keys_;
};

}  // namespace

std::shared_ptr<JwksSource> make_fixed_jwks(std::string_view jwks_json) {
    auto keys = parse_jwks(jwks_json);
    return keys ? std::make_shared<FixedJwks>(std::move(*keys)) : nullptr;
}

}  // namespace vcare::identity
