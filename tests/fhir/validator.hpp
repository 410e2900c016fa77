// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

namespace vcare::tests {

/// File name to its JSON, or to what is said of it.
using Cases = std::map<std::string, std::string>;

/// What a validator with HL7's own definitions of R4 (validate.mjs) says of each file: `valid`, or where it
/// is wrong. A validator that cannot be run is a failure of the test.
[[nodiscard]] Cases verdicts_on(const Cases& cases);

}  // namespace vcare::tests
