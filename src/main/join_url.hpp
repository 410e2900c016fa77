// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace vcare::program {

/// What a person opens: the code is in the fragment, which no server and no log ever sees.
[[nodiscard]] inline std::string join_url(const std::string& public_url, const std::string& code) {
    return public_url + "/v/#" + code;
}

}  // namespace vcare::program
