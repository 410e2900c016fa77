// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/link_authentication.hpp"
#include "application/session_desk.hpp"

namespace vcare::application {

/// Somebody asks for a new link: the clinic sees it, and where people are told by this service, it is sent to
/// them. Always accepted, so that nothing can be probed.
class RequestNewLink {
  public:
    explicit RequestNewLink(const Services& services) : services_(services), desk_(services) {}
    [[nodiscard]] Task<Result<void>> operator()(LinkHolder holder, KeepAnswer<Done> keep = {});

  private:
    Services services_;
    SessionDesk desk_;
};

}  // namespace vcare::application
