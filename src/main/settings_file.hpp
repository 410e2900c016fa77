// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "main/settings.hpp"

namespace vcare::program {

/// Something that keeps a configuration from being used.
struct SettingProblem {
    std::string where;    ///< `file:line`, or `environment:VCARE_…`
    std::string key;      ///< `server.listen`; `syntax` when the file is not TOML
    std::string message;  ///< what is wrong, what is allowed; never the value of a secret
};

/// `where: key: message`.
[[nodiscard]] std::string to_line(const SettingProblem& problem);

struct LoadedSettings {
    Settings settings;
    std::vector<SettingProblem> problems;  ///< empty: the settings may be used
};

/// Variables whose names start with VCARE_.
using Environment = std::map<std::string, std::string>;
[[nodiscard]] Environment process_environment();

/// Reads the file (none: defaults only), then the environment, which wins, and names every problem at once.
/// Relative paths start at the folder of the file; without one at the working directory.
[[nodiscard]] LoadedSettings load_settings(const std::optional<std::filesystem::path>& file,
                                           const Environment& environment);

}  // namespace vcare::program
