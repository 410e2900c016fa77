// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vcare::json {

struct DependencyLine {
    std::string name;
    std::string_view state;  ///< `up`, `degraded` or `down`
    double age_seconds = 0;
    std::string detail;
};

[[nodiscard]] std::string encode_health(bool is_ready, const std::vector<DependencyLine>& dependencies);
[[nodiscard]] std::string encode_liveness();
[[nodiscard]] std::string encode_version(std::string_view version, std::string_view commit);

}  // namespace vcare::json
