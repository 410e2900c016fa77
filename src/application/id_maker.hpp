// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/clock.hpp"
#include "application/ports/randomness.hpp"
#include "domain/ids.hpp"

namespace vcare::application {

/// Makes ids of this service out of the injected time and randomness.
class IdMaker {
  public:
    IdMaker(Clock& clock, Randomness& randomness) : clock_(clock), randomness_(randomness) {}

    template <class Id>
    [[nodiscard]] Id next() {
        domain::UlidEntropy entropy{};
        randomness_.fill(entropy);
        return Id::make(clock_.now(), entropy);
    }

    /// `count` unpredictable bytes, as a string.
    [[nodiscard]] std::string random_bytes(std::size_t count);

  private:
    Clock& clock_;
    Randomness& randomness_;
};

}  // namespace vcare::application
