// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <string_view>

namespace vcare::support {

/// Whether the whole text is a number that fits; `number` is it then.
template <class Number>
bool read_number(std::string_view text, Number& number) {
    const auto [stop, error] = std::from_chars(text.begin(), text.end(), number);
    return error == std::errc{} && stop == text.end();
}

}  // namespace vcare::support
