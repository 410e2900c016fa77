// SPDX-License-Identifier: Apache-2.0
#include "adapters/http_client/dependency.hpp"

namespace vcare::http_client {

using application::Metric;
using application::Severity;

std::optional<domain::milliseconds> Dependency::ask() {
    const std::lock_guard lock{mutex_};
    return breaker_.ask(clock_.now());
}

std::optional<Dependency::Health> Dependency::health() const {
    const std::lock_guard lock{mutex_};
    return health_;
}

void Dependency::tell(bool works, std::string_view result, domain::Instant began) {
    note({.is_there = works, .serves = works}, result, began);
}

void Dependency::tell_refusal(std::string_view result, domain::Instant began) {
    note({.is_there = true, .serves = false}, result, began);
}

void Dependency::note(Told told, std::string_view result, domain::Instant began) {
    const domain::Instant now = clock_.now();
    const auto took = std::chrono::duration<double>(now - began).count();
    telemetry_.observe(Metric::dependency_duration_seconds, took,
                       {{"dependency", name_}, {"result", result}});
    telemetry_.gauge(Metric::dependency_up, told.serves ? 1 : 0, {{"dependency", name_}});

    const std::lock_guard lock{mutex_};
    health_ = {.works = told.serves, .result = std::string{result}, .checked_at = now};
    const bool was_open = breaker_.is_open();
    if (told.is_there) {
        breaker_.succeeded();
    } else {
        breaker_.failed(now);
    }
    telemetry_.gauge(Metric::circuit_state, breaker_.is_open() ? 1 : 0, {{"dependency", name_}});
    if (breaker_.is_open() == was_open) return;
    telemetry_.log(was_open ? Severity::info : Severity::warning,
                   name_ + (was_open ? ".circuit_closed" : ".circuit_opened"));
}

}  // namespace vcare::http_client
