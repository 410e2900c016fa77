// SPDX-License-Identifier: Apache-2.0
#include "main/commands/answers.hpp"

#include <ranges>
#include <string_view>

#include <fmt/core.h>

#include "main/settings_file.hpp"

namespace vcare::program {

std::expected<Settings, ExitCode> settings_of(const ConfigFile& file) {
    LoadedSettings loaded = load_settings(file, process_environment());
    for (const SettingProblem& problem : loaded.problems) fmt::print(stderr, "{}\n", to_line(problem));
    if (!loaded.problems.empty()) return std::unexpected{ExitCode::used_wrongly};
    return std::move(loaded.settings);
}

ExitCode say(ExitCode code, const std::string& sentence) {
    // Each line of several is one of its own.
    for (const auto line : std::views::split(sentence, '\n'))
        fmt::print(stderr, "vcare: {}\n", std::string_view{line.begin(), line.end()});
    return code;
}

ExitCode say(const domain::Error& error) {
    const domain::ErrorInfo& info = domain::info_of(error.code);
    const std::string detail = error.detail.empty() ? "" : " (" + error.detail + ")";
    const bool is_away = info.http_status == 503;
    return say(is_away ? ExitCode::dependency_away : ExitCode::failed, std::string{info.sentence} + detail);
}

}  // namespace vcare::program
