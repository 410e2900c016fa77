// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/http_client/dependency.hpp"
#include "main/settings.hpp"

namespace vcare::program {

/// What stands against a service over a network, after it was looked at.
struct OutsideTrouble {
    std::string dependency;
    std::string sentence;  ///< what and where, and which setting to look at
    /// It is there and will never serve us as we are set up: a credential it does not take, a path that leads
    /// nowhere, a certificate that is not to be trusted. Else it is away, which passes.
    bool is_for_good = false;
};

/// Those that do not work, by how their last calls went.
[[nodiscard]] std::vector<OutsideTrouble> troubles_of(
    const Settings& settings, const std::vector<std::shared_ptr<http_client::Dependency>>& looked_at);

/// `result` is the word of a call.
[[nodiscard]] OutsideTrouble trouble_with(const Settings& settings, std::string_view dependency,
                                          std::string_view result);

}  // namespace vcare::program
