// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "main/command_line.hpp"

namespace vcare::program {

// Each runs one command to its end and says how it went. Answers go to standard output, problems to
// standard error.
[[nodiscard]] ExitCode run(const ConfigCheckCommand& command);
[[nodiscard]] ExitCode run(const ConfigSchemaCommand& command);

}  // namespace vcare::program
