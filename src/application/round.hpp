// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace vcare::application {

/// Every worker does one round when asked and says whether there may be more at once. Who runs them decides
/// how often: main with timers and wake-ups, the simulation with its own clock.
enum class Round : std::uint8_t { idle, more };

}  // namespace vcare::application
