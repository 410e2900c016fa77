// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "main/commands/commands.hpp"
#include "main/settings_codec.hpp"

namespace vcare::program {

ExitCode run(const ConfigCheckCommand& command) {
    const LoadedSettings loaded = load_settings(command.config, process_environment());
    if (command.json) {
        fmt::print("{}", problems_as_json(loaded.problems));
    } else {
        for (const SettingProblem& problem : loaded.problems) fmt::print(stderr, "{}\n", to_line(problem));
    }
    return loaded.problems.empty() ? ExitCode::done : ExitCode::used_wrongly;
}

ExitCode run(const ConfigSchemaCommand& command) {
    if (command.json) {
        fmt::print("{}", schema_as_json());
    } else {
        fmt::print("{}", command.markdown ? schema_as_markdown() : schema_as_text());
    }
    return ExitCode::done;
}

}  // namespace vcare::program
