// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace vcare::domain {

/// A point in time, UTC, in whole milliseconds. The domain never asks what time it is: it is told.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Reads RFC 3339 with any offset; years 1970 to 9999. A leap second (`:60`) counts as the second after it.
[[nodiscard]] std::optional<Instant> parse_rfc3339(std::string_view text);

/// Writes `2026-03-01T09:30:00.000Z`: always UTC, always three digits of milliseconds.
[[nodiscard]] std::string to_rfc3339(Instant at);

[[nodiscard]] constexpr std::int64_t to_unix_ms(Instant at) {
    return at.time_since_epoch().count();
}
[[nodiscard]] constexpr Instant from_unix_ms(std::int64_t ms) {
    return Instant{milliseconds{ms}};
}

}  // namespace vcare::domain
