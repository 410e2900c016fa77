// SPDX-License-Identifier: Apache-2.0
#include "adapters/http_client/circuit_breaker.hpp"

#include <algorithm>
#include <utility>

namespace vcare::http_client {

std::optional<domain::milliseconds> CircuitBreaker::ask(domain::Instant now) {
    if (!next_probe_) return std::nullopt;
    if (now < *next_probe_) return *next_probe_ - now;
    next_probe_ = now + pause_;
    probe_is_out_ = true;
    return std::nullopt;
}

void CircuitBreaker::succeeded() {
    *this = CircuitBreaker{pauses_};
}

void CircuitBreaker::failed(domain::Instant now) {
    if (is_open()) {
        if (!std::exchange(probe_is_out_, false)) return;
        pause_ = std::min(pause_ * 2, pauses_.max);
        next_probe_ = now + pause_;
    } else if (++failures_in_a_row_ >= failures_to_open) {
        next_probe_ = now + pause_;
    }
}

}  // namespace vcare::http_client
