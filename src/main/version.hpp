// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace vcare::program {

/// `0.1.0`, as the project says.
[[nodiscard]] std::string_view program_version();

}  // namespace vcare::program
