// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/clock.hpp"

namespace vcare::tests {

/// A clock that stands still until the test moves it; waiting moves it.
class FixedClock final : public application::Clock {
  public:
    domain::Instant now() const override { return now_; }
    Task<void> wait_for(domain::milliseconds duration) override {
        advance(duration);
        co_return;
    }
    void advance(domain::milliseconds duration) { now_ += duration; }

  private:
    domain::Instant now_ = domain::parse_rfc3339("2026-03-01T09:30:00Z").value();
};

}  // namespace vcare::tests
