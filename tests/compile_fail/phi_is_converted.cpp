// SPDX-License-Identifier: Apache-2.0
// Health information does not turn into its text unless somebody says reveal().
#include <string>

#include "domain/phi.hpp"

std::string show(const vcare::domain::Phi<std::string>& name) {
#ifdef VCARE_CONTROL
    return name.reveal();
#else
    return name;
#endif
}
