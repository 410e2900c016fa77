// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace vcare::crypto {

/// Unpredictable bytes, from any thread. Stops the process when the system has none to give.
void fill_random(std::span<std::byte> bytes);
[[nodiscard]] std::string random_bytes(std::size_t count);

}  // namespace vcare::crypto
