// SPDX-License-Identifier: Apache-2.0
#include "main/dependency_board.hpp"

#include <algorithm>

#include "application/ports/bearer_verifier.hpp"
#include "application/ports/clock.hpp"
#include "application/ports/keys.hpp"
#include "application/ports/telemetry.hpp"
#include "application/ports/work_queues.hpp"
#include "application/side_by_side.hpp"

namespace vcare::program {
namespace {

using application::Metric;
using State = http::DependencyState::State;

}  // namespace

Task<void> DependencyBoard::look() {
    std::vector<Task<void>> looks;
    looks.push_back(look_at_store());
    // Heard by their `Dependency`, some of those that are remote.
    looks.push_back(services_.keys.look());
    looks.push_back(services_.bearers.look());
    looks.push_back(look_at_video());
    co_await application::side_by_side(std::move(looks));
}

Task<void> DependencyBoard::look_at_store() {
    const auto lengths = co_await services_.queues.lengths();
    const domain::Instant now = services_.clock.now();
    put({.name = "store", .state = lengths ? State::up : State::down, .checked_at = now});
}

Task<void> DependencyBoard::look_at_video() {
    const application::BackendHealth video = co_await services_.video.health();
    // A visit that runs goes on without new ones: unhealthy video is no reason to send nobody here.
    put({.name = "video",
         .state = video.healthy ? State::up : State::degraded,
         .checked_at = video.checked_at,
         .detail = video.reason});
    tell_of(video);
}

void DependencyBoard::tell_of(const application::BackendHealth& video) {
    const std::string backend = services_.video.name();
    services_.telemetry.gauge(Metric::backend_health_check_success, video.healthy ? 1 : 0,
                              {{"backend", backend}});
    services_.telemetry.age(Metric::backend_health_check_age_seconds, video.checked_at,
                            {{"backend", backend}});
    services_.telemetry.gauge(Metric::dependency_up, video.healthy ? 1 : 0, {{"dependency", "video"}});
    // That it is well from the start is no news.
    const bool is_news = was_video_healthy_.value_or(true) != video.healthy;
    was_video_healthy_ = video.healthy;
    if (!is_news) return;
    services_.telemetry.log(video.healthy ? application::Severity::info : application::Severity::warning,
                            video.healthy ? "video.healthy" : "video.unhealthy",
                            {{"backend", backend}, {"reason", video.reason}});
}

std::vector<http::DependencyState> DependencyBoard::states() const {
    std::vector<http::DependencyState> states;
    {
        const std::lock_guard lock{mutex_};
        states = states_;
    }
    for (const auto& dependency : remote_) {
        const auto health = dependency->health();
        if (!health) continue;
        // Visits that are under way go on without it: no reason to send nobody here.
        states.push_back({.name = dependency->name(),
                          .state = health->works ? State::up : State::degraded,
                          .checked_at = health->checked_at,
                          .detail = health->works ? "" : health->result});
    }
    return states;
}

void DependencyBoard::put(http::DependencyState state) {
    const std::lock_guard lock{mutex_};
    const auto known = std::ranges::find(states_, state.name, &http::DependencyState::name);
    if (known == states_.end()) {
        states_.push_back(std::move(state));
    } else {
        *known = std::move(state);
    }
}

}  // namespace vcare::program
