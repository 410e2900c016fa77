// SPDX-License-Identifier: Apache-2.0
#include "adapters/http_client/watchdog.hpp"

#include <boost/asio/steady_timer.hpp>

namespace vcare::http_client {

// Shared with the timer's handler, which can be on its way already when the watchdog goes.
struct Watchdog::State {
    State(const boost::asio::any_io_executor& executor, Deadline deadline, std::function<void()> then)
        : timer(executor, deadline), due(std::move(then)) {}
    boost::asio::steady_timer timer;
    std::function<void()> due;
    bool is_over = false;
};

Watchdog::Watchdog(const boost::asio::any_io_executor& executor, Deadline deadline, std::function<void()> due)
    : state_(std::make_shared<State>(executor, deadline, std::move(due))) {
    state_->timer.async_wait([state = state_](boost::system::error_code cancelled) {
        if (cancelled || !state->due) return;
        state->is_over = true;
        state->due();
    });
}

Watchdog::~Watchdog() {
    state_->due = nullptr;
    state_->timer.cancel();
}

bool Watchdog::is_over() const {
    return state_->is_over;
}

}  // namespace vcare::http_client
