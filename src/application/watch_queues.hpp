// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/round.hpp"
#include "application/services.hpp"
#include "application/task.hpp"

namespace vcare::application {

/// Refreshes the gauges of the queues.
class WatchQueues {
  public:
    explicit WatchQueues(const Services& services) : services_(services) {}
    [[nodiscard]] Task<Result<Round>> run_once();

  private:
    Services services_;
};

}  // namespace vcare::application
