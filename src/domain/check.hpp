// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace vcare::domain {

/// Stops the process: the program is wrong, and going on could harm a patient's record.
[[noreturn]] void check_failed(const char* condition, const char* why_it_holds, const char* file, int line);

}  // namespace vcare::domain

/// For bugs only: nothing that a peer, a row or a file can cause may reach it. On in every build.
#define VCARE_CHECK(condition, why_it_holds) \
    ((condition) ? static_cast<void>(0)      \
                 : ::vcare::domain::check_failed(#condition, why_it_holds, __FILE__, __LINE__))
