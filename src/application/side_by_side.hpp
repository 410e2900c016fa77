// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "application/task.hpp"

namespace vcare::application {

/// Runs all tasks at once on the caller's executor, in the order given, and comes back when every one has
/// ended: none outlives the call. An exception that left one of them, which is a bug of it, is thrown then.
/// Cancelling the caller cancels none of them: each ends by its own deadlines.
[[nodiscard]] Task<void> side_by_side(std::vector<Task<void>> tasks);

}  // namespace vcare::application
