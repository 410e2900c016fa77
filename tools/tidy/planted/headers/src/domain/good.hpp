// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

inline std::string name() { return "x"; }
