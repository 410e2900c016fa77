// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/rate_limiter.hpp"

#include <algorithm>

namespace vcare::http {

using std::chrono::microseconds;

RateLimiter::RateLimiter(unsigned times, domain::milliseconds per) : burst_(per) {
    allow(times);
}

void RateLimiter::allow(unsigned times) {
    interval_ = times == 0 ? microseconds{0} : burst_ / times;
}

domain::milliseconds RateLimiter::wait_until_free(Micros full_at, domain::Instant now) const {
    const auto used = std::max(full_at, Micros{now}) - Micros{now};
    const auto over = used + interval_.load() - burst_;
    return over <= microseconds{0} ? domain::milliseconds{0} : std::chrono::ceil<domain::milliseconds>(over);
}

domain::milliseconds RateLimiter::wait_for(std::string_view key, domain::Instant now) {
    if (is_off()) return domain::milliseconds{0};
    const std::lock_guard lock{mutex_};
    const auto known = full_at_.find(std::string{key});
    return known == full_at_.end() ? domain::milliseconds{0} : wait_until_free(known->second, now);
}

domain::milliseconds RateLimiter::take(std::string_view key, domain::Instant now) {
    if (is_off()) return domain::milliseconds{0};
    const std::lock_guard lock{mutex_};
    auto known = full_at_.find(std::string{key});
    if (known == full_at_.end()) {
        if (full_at_.size() >= max_keys) forget_idle(now);
        if (full_at_.size() >= max_keys) return domain::milliseconds{0};
        known = full_at_.emplace(key, now).first;
    }
    const auto wait = wait_until_free(known->second, now);
    if (wait == domain::milliseconds{0})
        known->second = std::max(known->second, Micros{now}) + interval_.load();
    return wait;
}

void RateLimiter::forget_idle(domain::Instant now) {
    std::erase_if(full_at_, [now](const auto& entry) { return entry.second <= Micros{now}; });
}

}  // namespace vcare::http
