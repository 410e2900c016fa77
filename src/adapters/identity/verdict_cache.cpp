// SPDX-License-Identifier: Apache-2.0
#include "adapters/identity/verdict_cache.hpp"

#include <algorithm>

namespace vcare::identity {

VerdictCache::Key VerdictCache::key_of(std::string_view token) {
    return crypto::sha256_bytes(token);
}

std::optional<VerdictCache::Verified> VerdictCache::find(const Key& key, domain::Instant now) {
    const std::lock_guard lock{mutex_};
    const auto found = verdicts_.find(key);
    if (found == verdicts_.end() || now >= found->second.until) return std::nullopt;
    return found->second.verdict;
}

void VerdictCache::keep(const Key& key, const Verified& verdict, domain::Instant now) {
    const domain::Instant until = std::min(verdict.expires_at, now + kept_for);
    const std::lock_guard lock{mutex_};
    const bool is_new = verdicts_.insert_or_assign(key, Kept{verdict, until}).second;
    if (!is_new) return;
    by_age_.push_back(key);
    if (by_age_.size() <= verdicts_max) return;
    verdicts_.erase(by_age_.front());
    by_age_.pop_front();
}

void VerdictCache::forget(const domain::TenantId& tenant, const domain::UserId& user) {
    const std::lock_guard lock{mutex_};
    std::erase_if(verdicts_, [&](const auto& entry) {
        const domain::Caller& caller = entry.second.verdict.caller;
        return caller.tenant == tenant && caller.user == user;
    });
    std::erase_if(by_age_, [&](const Key& key) { return !verdicts_.contains(key); });
}

std::size_t VerdictCache::size() {
    const std::lock_guard lock{mutex_};
    return verdicts_.size();
}

}  // namespace vcare::identity
