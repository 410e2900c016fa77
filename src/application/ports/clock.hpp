// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/task.hpp"
#include "domain/time.hpp"

namespace vcare::application {

/// What time it is, and waiting. The simulation owns it, so nothing else may ask the system.
class Clock {
  public:
    virtual ~Clock() = default;

    /// Safe to call from any thread.
    [[nodiscard]] virtual domain::Instant now() const = 0;

    /// Comes back on the caller's executor, after `duration` or when the caller is cancelled: look at the
    /// thing waited for, not at the fact of waking.
    [[nodiscard]] virtual Task<void> wait_for(domain::milliseconds duration) = 0;
};

}  // namespace vcare::application
