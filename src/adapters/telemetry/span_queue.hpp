// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <vector>

#include "application/ports/telemetry.hpp"

namespace vcare::telemetry {

/// Finished spans on their way to the collector, at most `limit`: one more is dropped, so that a collector
/// that is away costs memory that is known and nobody's time. Safe to use from any thread.
class SpanQueue {
  public:
    explicit SpanQueue(std::size_t limit) : limit_(limit) {}
    /// False when it was dropped.
    [[nodiscard]] bool push(application::FinishedSpan span);
    /// The oldest, at most `most`.
    [[nodiscard]] std::vector<application::FinishedSpan> take(std::size_t most);

  private:
    const std::size_t limit_;
    std::mutex mutex_;
    std::deque<application::FinishedSpan> spans_;
};

}  // namespace vcare::telemetry
