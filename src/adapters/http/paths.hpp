// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace vcare::http {

/// Where the API begins; every path of the contract stands below it.
inline constexpr std::string_view base_path = "/api/v1/virtual-care";

}  // namespace vcare::http
