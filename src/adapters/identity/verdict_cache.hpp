// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "adapters/crypto/digest.hpp"
#include "application/ports/bearer_verifier.hpp"

namespace vcare::identity {

/// Remembers tokens that were found right, by their hash, until they expire, but not for longer than
/// `kept_for`: an issuer may give up a key. Refusals are not kept: whoever sends rubbish could push out
/// everybody else. Bounded; the oldest goes first. Safe to call from any thread.
class VerdictCache {
  public:
    using Key = crypto::Sha256;  ///< of the token: the cache holds nothing that lets anybody in
    using Verified = application::BearerVerifier::Verified;
    static constexpr std::size_t verdicts_max = 4096;
    static constexpr domain::minutes kept_for{5};

    [[nodiscard]] static Key key_of(std::string_view token);
    [[nodiscard]] std::optional<Verified> find(const Key& key, domain::Instant now);
    void keep(const Key& key, const Verified& verdict, domain::Instant now);
    /// Those about this user of the tenant.
    void forget(const domain::TenantId& tenant, const domain::UserId& user);
    [[nodiscard]] std::size_t size();

  private:
    /// A digest is as good as random: any eight bytes of it will do.
    struct FirstBytes {
        std::size_t operator()(const Key& key) const {
            std::size_t hash = 0;
            std::memcpy(&hash, key.data(), sizeof hash);
            return hash;
        }
    };
    struct Kept {
        Verified verdict;
        domain::Instant until;
    };
    std::mutex mutex_;  // held for a look-up; nothing is awaited under it
    std::unordered_map<Key, Kept, FirstBytes> verdicts_;
    std::deque<Key> by_age_;
};

}  // namespace vcare::identity
