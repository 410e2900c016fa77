// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/session_desk.hpp"

namespace vcare::application {

/// Until when a session can be joined, which is how long a browser keeps the credential of one who did.
class FindWindowEnd {
  public:
    explicit FindWindowEnd(const Services& services) : desk_(services) {}
    [[nodiscard]] Task<Result<domain::Instant>> operator()(domain::TenantScope scope,
                                                           domain::SessionId session);

  private:
    SessionDesk desk_;
};

}  // namespace vcare::application
