// SPDX-License-Identifier: Apache-2.0
#include "adapters/telemetry/span_queue.hpp"

#include <algorithm>
#include <iterator>

namespace vcare::telemetry {

bool SpanQueue::push(application::FinishedSpan span) {
    const std::lock_guard lock{mutex_};
    if (spans_.size() >= limit_) return false;
    spans_.push_back(std::move(span));
    return true;
}

std::vector<application::FinishedSpan> SpanQueue::take(std::size_t most) {
    const std::lock_guard lock{mutex_};
    const auto end = spans_.begin() + static_cast<std::ptrdiff_t>(std::min(most, spans_.size()));
    std::vector<application::FinishedSpan> taken{std::make_move_iterator(spans_.begin()),
                                                 std::make_move_iterator(end)};
    spans_.erase(spans_.begin(), end);
    return taken;
}

}  // namespace vcare::telemetry
