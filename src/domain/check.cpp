// SPDX-License-Identifier: Apache-2.0
#include "domain/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace vcare::domain {

void check_failed(const char* condition, const char* why_it_holds, const char* file, int line) {
    std::fprintf(stderr, "vcare: bug: %s:%d: %s does not hold (%s)\n", file, line, condition, why_it_holds);
    std::abort();
}

}  // namespace vcare::domain
