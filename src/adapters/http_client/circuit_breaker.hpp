// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "domain/time.hpp"

namespace vcare::http_client {

/// Decides when a server that keeps failing is left alone. Performs nothing and asks no clock.
///
/// Closed: everything may go. After `failures_to_open` failures in a row it is open: nothing may go until the
/// pause is over, then one request may, the probe. Its success closes, its failure doubles the pause. A probe
/// that never reports counts for nothing: after another pause the next one may go. So do failures of requests
/// that were under way when it opened; a success of theirs closes it.
class CircuitBreaker {
  public:
    static constexpr unsigned failures_to_open = 5;
    struct Pauses {
        domain::milliseconds min{5'000};
        domain::milliseconds max{60'000};
    };

    explicit CircuitBreaker(Pauses pauses) : pauses_(pauses), pause_(pauses.min) {}

    /// Nothing: send. Else how long to wait before asking again.
    [[nodiscard]] std::optional<domain::milliseconds> ask(domain::Instant now);
    void succeeded();
    void failed(domain::Instant now);

    [[nodiscard]] bool is_open() const { return next_probe_.has_value(); }

  private:
    Pauses pauses_;
    unsigned failures_in_a_row_ = 0;
    domain::milliseconds pause_;
    std::optional<domain::Instant> next_probe_ = {};  ///< there while it is open
    bool probe_is_out_ = false;
};

}  // namespace vcare::http_client
