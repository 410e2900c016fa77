// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <vector>

#include "adapters/http/server.hpp"
#include "application/services.hpp"

namespace vcare::program {

/// The last verdict on everything the service depends on, for the health answers. Written by one worker,
/// read on any loop.
class DependencyBoard {
  public:
    explicit DependencyBoard(const application::Services& services) : services_(services) {}

    /// Asks each once, at most a few seconds long.
    [[nodiscard]] Task<void> look();
    [[nodiscard]] std::vector<http::DependencyState> states() const;

  private:
    void put(http::DependencyState state);

    application::Services services_;
    mutable std::mutex mutex_;
    std::vector<http::DependencyState> states_;
};

}  // namespace vcare::program
