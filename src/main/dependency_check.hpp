// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "adapters/http/server.hpp"
#include "main/settings.hpp"

namespace vcare::program {

/// Asks everything the settings name, each by itself: one that is away or refuses keeps none of the others
/// from being asked. Changes nothing and takes nothing. What is embedded and cannot be away is left out.
[[nodiscard]] std::vector<http::DependencyState> check_dependencies(const Settings& settings);

}  // namespace vcare::program
