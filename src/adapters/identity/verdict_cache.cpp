// SPDX-License-Identifier: Apache-2.0
#include "adapters/identity/verdict_cache.hpp"

namespace vcare::identity {

VerdictCache::Key VerdictCache::key_of(std::string_view token) {
    return crypto::sha256_bytes(token);
}

std::optional<VerdictCache::Verified> VerdictCache::find(const Key& key, domain::Instant now) {
    const std::lock_guard lock{mutex_};
    const auto found = verdicts_.find(key);
    if (found == verdicts_.end() || now >= found->second.expires_at) return std::nullopt;
    return found->second;
}

void VerdictCache::keep(const Key& key, const Verified& verdict) {
    const std::lock_guard lock{mutex_};
    if (!verdicts_.emplace(key, verdict).second) return;
    by_age_.push_back(key);
    if (by_age_.size() <= verdicts_max) return;
    verdicts_.erase(by_age_.front());
    by_age_.pop_front();
}

std::size_t VerdictCache::size() {
    const std::lock_guard lock{mutex_};
    return verdicts_.size();
}

}  // namespace vcare::identity
