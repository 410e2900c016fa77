// SPDX-License-Identifier: Apache-2.0
#include "adapters/keys/file_keys.hpp"

#include <mutex>

#include <fmt/format.h>

#include "adapters/crypto/digest.hpp"
#include "adapters/crypto/encoding.hpp"

namespace vcare::keys {
namespace {

using application::KeyPurpose;
using application::TenantKey;

constexpr std::size_t cached_keys_max = 10'000;

/// Unambiguous, because no tenant id contains a slash. Never to be changed: see the README.
std::string key_derivation_info(const domain::TenantId& tenant, KeyPurpose purpose) {
    return fmt::format("vcare/tenant-key/{}/{}", domain::to_wire(purpose), tenant.text());
}

class FileKeys final : public application::KeyService {
  public:
    FileKeys(std::map<unsigned, std::string> master_secrets, crypto::Es256Key checkpoint_key)
        : master_secrets_(std::move(master_secrets)), checkpoint_key_(std::move(checkpoint_key)) {}

    Task<Result<TenantKey>> current_key(domain::TenantScope scope, KeyPurpose purpose) override {
        co_return find(scope, purpose, master_secrets_.rbegin()->first);
    }

    Task<Result<TenantKey>> key_of_version(domain::TenantScope scope, KeyPurpose purpose,
                                           unsigned version) override {
        co_return find(scope, purpose, version);
    }

    Task<Result<std::string>> sign_checkpoint(std::string text) override {
        co_return crypto::to_base64url(checkpoint_key_.sign(text));
    }

    Task<Result<bool>> verify_checkpoint(std::string text, std::string signature) override {
        const auto bytes = crypto::parse_base64url(signature);
        co_return bytes&& checkpoint_key_.public_key().verifies(text, *bytes);
    }

  private:
    using CacheKey = std::tuple<std::string, KeyPurpose, unsigned>;

    Result<TenantKey> find(const domain::TenantScope& scope, KeyPurpose purpose, unsigned version) {
        const auto secret = master_secrets_.find(version);
        if (secret == master_secrets_.end())
            return domain::refuse(ErrorCode::not_found,
                                  fmt::format("There is no key of version {}.", version));

        const CacheKey wanted{scope.tenant().text(), purpose, version};
        const std::lock_guard lock{mutex_};
        if (const auto found = cache_.find(wanted); found != cache_.end()) return found->second;
        if (cache_.size() >= cached_keys_max) cache_.clear();  // deriving again costs microseconds
        TenantKey key{
            .bytes = crypto::derive_key(secret->second, key_derivation_info(scope.tenant(), purpose)),
            .version = version};
        cache_.emplace(wanted, key);
        return key;
    }

    const std::map<unsigned, std::string> master_secrets_;
    const crypto::Es256Key checkpoint_key_;
    std::mutex mutex_;  // every core asks, for microseconds; nothing is awaited under it
    std::map<CacheKey, TenantKey> cache_;
};

}  // namespace

std::unique_ptr<application::KeyService> make_file_keys(const KeyFolder& folder) {
    return std::make_unique<FileKeys>(folder.master_secrets(), folder.signing_key("checkpoints"));
}

}  // namespace vcare::keys
