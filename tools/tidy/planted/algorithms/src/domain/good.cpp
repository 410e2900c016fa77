// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

bool has(const std::vector<int>& numbers, int wanted) { return std::ranges::find(numbers, wanted) != numbers.end(); }
