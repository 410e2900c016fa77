// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/core.h>

#include "main/commands/answer_codec.hpp"
#include "main/commands/commands.hpp"
#include "main/dependency_check.hpp"
#include "main/settings_codec.hpp"

namespace vcare::program {

namespace {

using http::DependencyState;

ExitCode ask_dependencies(const Settings& settings, bool as_json) {
    const std::vector<DependencyState> states = check_dependencies(settings);
    const auto is_up = [](const DependencyState& state) { return state.state == DependencyState::State::up; };
    if (as_json) {
        fmt::print("{}\n", encode_dependencies(states));
    } else {
        for (const DependencyState& state : states)
            fmt::print("{:<18}{}{}{}\n", state.name, is_up(state) ? "up" : "away",
                       state.detail.empty() ? "" : ": ", state.detail);
    }
    return std::ranges::all_of(states, is_up) ? ExitCode::done : ExitCode::dependency_away;
}

}  // namespace

ExitCode run(const ConfigCheckCommand& command) {
    const LoadedSettings loaded = load_settings(command.config, process_environment());
    if (loaded.problems.empty() && command.online) return ask_dependencies(loaded.settings, command.json);
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
