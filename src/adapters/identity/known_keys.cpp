// SPDX-License-Identifier: Apache-2.0
#include "adapters/identity/known_keys.hpp"

namespace vcare::identity {

bool KnownKeys::count(domain::Instant now) const {
    return fetched_at_ && now < *fetched_at_ + pace_.kept_for;
}

std::optional<crypto::PublicKey> KnownKeys::find(const std::string& kid, domain::Instant now) const {
    const auto found = keys_.find(kid);
    if (found == keys_.end() || !count(now)) return std::nullopt;
    return found->second;
}

bool KnownKeys::is_complete(domain::Instant now) const {
    return count(now) && !last_question_failed_;
}

bool KnownKeys::are_old(domain::Instant now) const {
    return !is_complete(now) || now >= *fetched_at_ + pace_.fresh_for;
}

domain::milliseconds KnownKeys::until_next_question(domain::Instant now) const {
    return asked_at_ ? *asked_at_ + pace_.floor - now : domain::milliseconds{0};
}

void KnownKeys::learned(KeysById keys, domain::Instant now) {
    keys_ = std::move(keys);
    fetched_at_ = now;
    asked_at_ = now;
    last_question_failed_ = false;
}

void KnownKeys::learned_nothing(domain::Instant now) {
    asked_at_ = now;
    last_question_failed_ = true;
}

}  // namespace vcare::identity
