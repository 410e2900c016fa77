// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/session_desk.hpp"

namespace vcare::application {

/// Keeps the result of a device check; by the holder of a link (before joining) or of a seat.
class KeepDeviceCheck {
  public:
    explicit KeepDeviceCheck(const Services& services) : services_(services) {}
    /// `result.participant` and `result.at` are set here.
    [[nodiscard]] Task<Result<void>> operator()(VisitContext context, DeviceCheckRecord result,
                                                KeepAnswer<Done> keep = {});

  private:
    Services services_;
};

}  // namespace vcare::application
