// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "domain/time.hpp"

namespace vcare::http {

/// So many times in `per`, for each key by itself; a rush of all of them at once is fine. Shared by all
/// loops, so that a limit means what it says however many there are; the lock is held for one look-up.
class RateLimiter {
  public:
    /// `times` 0: no limit.
    RateLimiter(unsigned times, domain::milliseconds per);

    /// Another limit from now on; what was taken is given back no later than under the one before.
    void allow(unsigned times);

    /// Takes one, if there is one to take. Else: how long until there is.
    [[nodiscard]] domain::milliseconds take(std::string_view key, domain::Instant now);
    /// The same without taking.
    [[nodiscard]] domain::milliseconds wait_for(std::string_view key, domain::Instant now);

    /// With so many keys in use at once, new ones are not limited: forgetting who was limited would be worse.
    static constexpr std::size_t max_keys = 100'000;

  private:
    using Micros = std::chrono::sys_time<std::chrono::microseconds>;
    [[nodiscard]] bool is_off() const { return interval_.load() == std::chrono::microseconds{0}; }
    [[nodiscard]] domain::milliseconds wait_until_free(Micros full_at, domain::Instant now) const;
    void forget_idle(domain::Instant now);

    const std::chrono::microseconds burst_;
    std::atomic<std::chrono::microseconds> interval_;  // between two, on the long run; 0: no limit
    std::mutex mutex_;
    // When everything that was taken will have been given back: the key can be forgotten from then on.
    std::unordered_map<std::string, Micros> full_at_;
};

}  // namespace vcare::http
