// SPDX-License-Identifier: Apache-2.0
#include "main/loop_watch.hpp"

namespace vcare::program {

LoopWatch::LoopWatch(std::vector<boost::asio::any_io_executor> loops, application::Telemetry& telemetry,
                     std::chrono::milliseconds every)
    : telemetry_(telemetry), every_(every) {
    for (const boost::asio::any_io_executor& loop : loops) {
        loops_.push_back(std::make_unique<Loop>(
            Loop{.number = std::to_string(loops_.size()), .timer = boost::asio::steady_timer{loop}}));
    }
}

void LoopWatch::start() {
    for (const auto& loop : loops_) wait(*loop);
}

void LoopWatch::wait(Loop& loop) {
    loop.timer.expires_after(every_);
    loop.timer.async_wait([this, &loop](boost::system::error_code cancelled) {
        if (cancelled) return;
        const std::chrono::duration<double> late = std::chrono::steady_clock::now() - loop.timer.expiry();
        telemetry_.observe(application::Metric::event_loop_lag_seconds, late.count(),
                           {{"loop", loop.number}});
        wait(loop);
    });
}

}  // namespace vcare::program
