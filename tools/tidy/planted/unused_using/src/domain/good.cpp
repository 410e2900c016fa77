// SPDX-License-Identifier: Apache-2.0
#include "domain/session.hpp"

namespace vcare::domain {
using enum Mode;
using std::chrono::seconds;
struct Derived : Base {
    using Base::Base;
};
seconds grace();
}  // namespace vcare::domain
