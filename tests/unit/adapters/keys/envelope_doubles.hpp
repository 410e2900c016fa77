// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "adapters/crypto/encoding.hpp"
#include "adapters/keys/key_encryption.hpp"
#include "application/ports/wrapped_key_store.hpp"

namespace vcare::tests {

/// Keeps wrapped keys in memory, as the store does.
class WrappedKeysInMemory final : public application::WrappedKeyStore {
  public:
    using Keys = std::vector<application::WrappedKey>;

    Task<Result<Keys>> keys_of(domain::TenantScope scope) override {
        ++reads;
        co_return keys[scope.tenant().text()];
    }
    Task<Result<bool>> add(domain::TenantScope scope, application::WrappedKey key) override {
        if (find(scope, key.purpose, key.version)) co_return false;
        keys[scope.tenant().text()].push_back(std::move(key));
        co_return true;
    }
    Task<Result<bool>> replace(domain::TenantScope scope, application::WrappedKey before,
                               std::string wrapped) override {
        application::WrappedKey* const key = find(scope, before.purpose, before.version);
        if (!key || key->wrapped != before.wrapped) co_return false;
        key->wrapped = std::move(wrapped);
        co_return true;
    }
    Task<Result<void>> forget(domain::TenantScope scope, application::KeyPurpose purpose,
                              unsigned version) override {
        std::erase_if(keys[scope.tenant().text()], [&](const application::WrappedKey& key) {
            return key.purpose == purpose && key.version == version;
        });
        co_return Result<void>{};
    }
    Task<Result<std::optional<domain::Instant>>> last_link_expires_at(domain::TenantScope,
                                                                      unsigned version) override {
        const auto found = last_links.find(version);
        co_return found == last_links.end() ? std::nullopt : std::optional{found->second};
    }

    std::map<std::string, Keys> keys;
    std::map<unsigned, domain::Instant> last_links;
    int reads = 0;

  private:
    application::WrappedKey* find(const domain::TenantScope& scope, application::KeyPurpose purpose,
                                  unsigned version) {
        for (application::WrappedKey& key : keys[scope.tenant().text()])
            if (key.purpose == purpose && key.version == version) return &key;
        return nullptr;
    }
};

/// What a test sees of a key service that lives in the object under test.
struct EncryptionLog {
    bool is_away = false;
    int wraps = 0;
    int unwraps = 0;
    std::map<std::string, int> versions = {};  ///< of each key that was made
};

/// Wraps by writing name, version and binding in front.
class LoggedEncryption final : public keys::KeyEncryption {
  public:
    explicit LoggedEncryption(EncryptionLog* log) : log_(log) {}

    Task<Result<std::string>> wrap(std::string name, std::string secret, std::string bound_to) override {
        if (log_->is_away) co_return away();
        ++log_->wraps;
        const int version = std::max(1, log_->versions[name]);
        log_->versions[name] = version;
        co_return std::to_string(version) + " " + name + " " + bound_to + " " + crypto::to_hex(secret);
    }
    Task<Result<std::string>> unwrap(std::string name, std::string wrapped, std::string bound_to) override {
        if (log_->is_away) co_return away();
        ++log_->unwraps;
        const std::string rest = wrapped.substr(wrapped.find(' '));
        const std::string head = " " + name + " " + bound_to + " ";
        if (!rest.starts_with(head)) co_return away();
        co_return crypto::parse_hex(rest.substr(head.size())).value();
    }
    Task<Result<void>> rotate(std::string name) override {
        if (log_->is_away) co_return away();
        ++log_->versions[name];
        co_return Result<void>{};
    }
    Task<Result<std::string>> sign(std::string name, std::string text) override {
        if (log_->is_away) co_return away();
        co_return name + ":" + text;
    }
    Task<Result<bool>> verify(std::string name, std::string text, std::string signature) override {
        if (log_->is_away) co_return away();
        co_return signature == name + ":" + text;
    }
    Task<void> look() override { co_return; }

  private:
    static std::unexpected<Error> away() { return domain::refuse(ErrorCode::key_service_unavailable); }
    EncryptionLog* log_;
};

}  // namespace vcare::tests
