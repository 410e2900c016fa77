// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/session_desk.hpp"

namespace vcare::application {

class LeaveVisit {
  public:
    explicit LeaveVisit(const Services& services) : desk_(services) {}
    [[nodiscard]] Task<Result<void>> operator()(VisitContext context, KeepAnswer<Done> keep = {});

  private:
    SessionDesk desk_;
};

}  // namespace vcare::application
