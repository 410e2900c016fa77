// SPDX-License-Identifier: Apache-2.0
// #include "application/task.hpp"
#include <vector>

#include "domain/session.hpp"
#include "generated/error_codes.inc"
