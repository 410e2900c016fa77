// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/live/closings.hpp"

#include <algorithm>

namespace vcare::http {
namespace {

// Short at first, because a full queue is soon empty; never so long that a drain waits for it.
constexpr domain::milliseconds first_pause{50};
constexpr domain::milliseconds longest_pause{1'000};

}  // namespace

void Closings::add(application::VisitContext seat, std::string stream_id) {
    waiting_.push_back({std::move(seat), std::move(stream_id), loop_.clock().now()});
    if (writers_ >= max_writers) return;
    ++writers_;
    loop_.tasks().spawn(write_all());
}

Task<void> Closings::write_all() {
    auto pause = first_pause;
    while (!waiting_.empty()) {
        auto closing = std::move(waiting_.front());
        waiting_.pop_front();
        const auto written = co_await follow_visit_.close(closing.seat, closing.stream_id, closing.at);
        if (written) {
            is_refused_ = false;
            pause = first_pause;
            continue;
        }
        // Behind the others: one that can never be written must not stand in their way.
        waiting_.push_back(std::move(closing));
        note_refused(written.error().code);
        if (is_in_a_hurry_) {
            give_up();
            break;
        }
        co_await loop_.clock().wait_for(pause);
        pause = std::min(pause * 2, longest_pause);
    }
    --writers_;
}

/// Said once an outage, not once a closing.
void Closings::note_refused(ErrorCode code) {
    if (std::exchange(is_refused_, true)) return;
    loop_.telemetry().log(application::Severity::warning, "live.presence_not_written",
                          {{"code", std::string{domain::info_of(code).wire}}});
}

void Closings::give_up() {
    loop_.telemetry().log(application::Severity::warning, "live.presence_given_up",
                          {{"streams", std::to_string(waiting_.size())}});
    waiting_.clear();
}

}  // namespace vcare::http
