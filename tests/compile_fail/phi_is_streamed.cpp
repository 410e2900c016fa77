// SPDX-License-Identifier: Apache-2.0
// Health information cannot be written to a stream by accident.
#include <ostream>
#include <string>

#include "domain/phi.hpp"

void show(std::ostream& out, const vcare::domain::Phi<std::string>& name) {
#ifdef VCARE_CONTROL
    out << name.reveal();
#else
    out << name;
#endif
}
