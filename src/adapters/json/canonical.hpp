// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <boost/json/value.hpp>

namespace vcare::json {

/// The same text for every way of writing the same value: keys sorted, no blanks.
[[nodiscard]] std::string canonical_text(const boost::json::value& value);

}  // namespace vcare::json
