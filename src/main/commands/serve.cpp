// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "main/commands/answers.hpp"
#include "main/commands/commands.hpp"
#include "main/program.hpp"

namespace vcare::program {

ExitCode run(const ServeCommand& command) {
    // As the environment says it, so that it holds when the configuration is read again.
    if (command.json) ::setenv("VCARE_LOG_FORMAT", "json", 1);
    const auto settings = settings_of(command.config);
    if (!settings) return settings.error();
    Program program{*settings, {.config = command.config}};
    program.run([] {});
    return ExitCode::done;
}

}  // namespace vcare::program
