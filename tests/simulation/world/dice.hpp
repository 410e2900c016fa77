// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <span>

#include "application/ports/randomness.hpp"
#include "domain/time.hpp"

namespace vcare::simulation {

/// All chance of a run comes from dice like these, each seeded out of the run's seed, so that a run is the
/// same again. The standard's distributions differ between libraries, so none of them is used.
class Dice {
  public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}

    [[nodiscard]] std::uint64_t any() { return engine_(); }
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
    [[nodiscard]] bool chance(double probability) {
        return static_cast<double>(engine_() >> 11) * 0x1.0p-53 < probability;
    }
    [[nodiscard]] domain::milliseconds between(domain::milliseconds least, domain::milliseconds most) {
        return least + domain::milliseconds{below(static_cast<std::uint64_t>((most - least).count()) + 1)};
    }

  private:
    std::mt19937_64 engine_;
};

/// The core's randomness.
class SimulatedRandomness final : public application::Randomness {
  public:
    explicit SimulatedRandomness(std::uint64_t seed) : dice_(seed) {}
    void fill(std::span<std::byte> bytes) override {
        for (std::byte& byte : bytes) byte = static_cast<std::byte>(dice_.any());
    }

  private:
    Dice dice_;
};

}  // namespace vcare::simulation
