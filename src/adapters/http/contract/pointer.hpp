// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace vcare::http::contract {

/// Appends one step of an RFC 6901 pointer.
inline void append_step(std::string_view key, std::string& pointer) {
    pointer += '/';
    for (const char c : key) {
        if (c == '~')
            pointer += "~0";
        else if (c == '/')
            pointer += "~1";
        else
            pointer += c;
    }
}

}  // namespace vcare::http::contract
