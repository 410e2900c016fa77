// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/core.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "application/ports/consent_service.hpp"
#include "application/ports/event_bus.hpp"
#include "application/ports/fhir_gateway.hpp"
#include "application/tenant_authority.hpp"
#include "main/commands/answer_codec.hpp"
#include "main/commands/commands.hpp"
#include "main/commands/offline.hpp"
#include "main/dependency_board.hpp"
#include "main/settings_codec.hpp"

namespace vcare::program {

namespace {

using http::DependencyState;

/// A broker is connected to in the background: nobody asks it anything before that.
Task<void> await_broker(const application::EventBroker* broker) {
    boost::asio::steady_timer pause{co_await boost::asio::this_coro::executor};
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{3};
    while (!broker->is_there() && std::chrono::steady_clock::now() < deadline) {
        pause.expires_after(std::chrono::milliseconds{50});
        co_await pause.async_wait(boost::asio::use_awaitable);
    }
}

Task<std::vector<DependencyState>> ask_all(const application::Services* services, DependencyBoard* board) {
    const auto scope =
        application::TenantAuthority::of_operator(domain::TenantId::parse("vcare-check").value());
    co_await await_broker(&services->broker);
    co_await services->consent_service.look(scope);
    co_await services->fhir.look(scope);
    co_await board->look();
    co_return board->states();
}

ExitCode ask_dependencies(const Settings& settings, bool as_json) {
    Offline offline{settings, Offline::Broker::connected};
    DependencyBoard board{offline.services(), offline.remote()};
    const auto states = offline.wait(ask_all(&offline.services(), &board));
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
