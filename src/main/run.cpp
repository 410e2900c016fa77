// SPDX-License-Identifier: Apache-2.0
#include "main/run.hpp"

#include <fmt/core.h>

#include "main/adapter_set.hpp"
#include "main/commands/answers.hpp"
#include "main/commands/commands.hpp"

namespace vcare::program {

ExitCode run(int argc, const char* const* argv) {
    const auto command = parse_command_line(argc, argv);
    if (!command) {
        fmt::print("{}", command.error().standard_output);
        fmt::print(stderr, "{}", command.error().standard_error);
        return command.error().code;
    }
    try {
        return std::visit([](const auto& chosen) { return run(chosen); }, *command);
    } catch (const DependencyAway& problem) {
        return say(ExitCode::dependency_away, problem.what());
    } catch (const std::exception& problem) {
        return say(ExitCode::failed, problem.what());
    }
}

}  // namespace vcare::program
