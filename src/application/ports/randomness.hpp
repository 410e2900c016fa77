// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace vcare::application {

/// Unpredictable bytes for ids, codes, credentials and jitter. Safe to call from any thread.
class Randomness {
  public:
    virtual ~Randomness() = default;
    virtual void fill(std::span<std::byte> bytes) = 0;
};

}  // namespace vcare::application
