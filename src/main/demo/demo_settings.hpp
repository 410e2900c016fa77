// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "main/settings.hpp"
#include "main/settings_file.hpp"

namespace vcare::program {

/// The configuration of a demo in `folder`: what its `vcare.toml` says already, with everything kept in the
/// folder and served on `port` (0: any free one) of this machine only. Written back to that file, with
/// absolute paths, so that every other command works on the demo.
[[nodiscard]] std::expected<Settings, std::vector<SettingProblem>> demo_settings(
    const std::filesystem::path& folder, std::uint16_t port);

}  // namespace vcare::program
