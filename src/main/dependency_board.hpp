// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "adapters/http/server.hpp"
#include "adapters/http_client/dependency.hpp"
#include "application/ports/video_backend.hpp"
#include "application/services.hpp"

namespace vcare::program {

/// The last verdict on everything the service depends on, for the health answers. Written by one worker,
/// read on any loop.
class DependencyBoard {
  public:
    /// `remote` are the services over a network, which say themselves how their last call went.
    DependencyBoard(const application::Services& services,
                    std::vector<std::shared_ptr<http_client::Dependency>> remote)
        : services_(services), remote_(std::move(remote)) {}

    /// Asks each once, at most a few seconds long.
    [[nodiscard]] Task<void> look();
    [[nodiscard]] std::vector<http::DependencyState> states() const;

  private:
    Task<void> look_at_store();
    Task<void> look_at_video();
    void put(http::DependencyState state);
    void tell_of(const application::BackendHealth& video);

    application::Services services_;
    const std::vector<std::shared_ptr<http_client::Dependency>> remote_;
    std::optional<bool> was_video_healthy_ = {};
    mutable std::mutex mutex_;
    std::vector<http::DependencyState> states_;
};

}  // namespace vcare::program
