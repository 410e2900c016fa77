// SPDX-License-Identifier: Apache-2.0
#pragma once

inline int larger(int one, int other) { return std::max(one, other); }
