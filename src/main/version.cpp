// SPDX-License-Identifier: Apache-2.0
#include "main/version.hpp"

namespace vcare::program {

std::string_view program_version() {
    return VCARE_VERSION;
}

}  // namespace vcare::program
