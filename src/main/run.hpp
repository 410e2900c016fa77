// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "main/command_line.hpp"

namespace vcare::program {

/// Does what the command line says, and answers with the exit code. Whatever is thrown while starting is
/// said on standard error.
[[nodiscard]] ExitCode run(int argc, const char* const* argv);

}  // namespace vcare::program
