// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace vcare::support {

/// A port on 127.0.0.1 that nobody holds, neither for TCP nor for UDP, and that no other test program is
/// given while this one lives, so that a server may be stopped and started again on it. It lies below the
/// range the kernel takes outgoing connections from, so that none of them sits on it before the server of the
/// test does. Always even: the next higher one is the test's as well.
[[nodiscard]] std::uint16_t free_port();

}  // namespace vcare::support
