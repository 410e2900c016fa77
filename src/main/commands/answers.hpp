// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string>

#include "domain/error.hpp"
#include "main/command_line.hpp"
#include "main/settings.hpp"

namespace vcare::program {

/// The settings a command works on; every problem is written to standard error and ends the command.
[[nodiscard]] std::expected<Settings, ExitCode> settings_of(const ConfigFile& file);

/// Says one sentence on standard error and answers with the code.
[[nodiscard]] ExitCode say(ExitCode code, const std::string& sentence);

/// Says what a refusal means for whoever runs the command: 3 when a dependency is away, else 1.
[[nodiscard]] ExitCode say(const domain::Error& error);

}  // namespace vcare::program
