// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "domain/time.hpp"

namespace vcare::application {

/// When to try again what failed: exponential with full jitter from 1 s to at most 5 min, or what was asked
/// for.
[[nodiscard]] domain::milliseconds retry_delay(unsigned attempts, std::uint32_t random,
                                               std::optional<domain::seconds> asked);

}  // namespace vcare::application
