// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "application/ports/clock.hpp"
#include "application/ports/randomness.hpp"

namespace vcare::system {

[[nodiscard]] std::unique_ptr<application::Clock> make_system_clock();
[[nodiscard]] std::unique_ptr<application::Randomness> make_system_randomness();

}  // namespace vcare::system
