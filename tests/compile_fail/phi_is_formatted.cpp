// SPDX-License-Identifier: Apache-2.0
// Health information cannot be formatted into a log line by accident.
#include <string>

#include <fmt/format.h>

#include "domain/phi.hpp"

std::string show(const vcare::domain::Phi<std::string>& name) {
#ifdef VCARE_CONTROL
    return fmt::format("{}", name.reveal());
#else
    return fmt::format("{}", name);
#endif
}
