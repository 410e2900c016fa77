// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>

std::string make();

std::size_t length() {
    const std::string_view view = make();
    return view.size();
}
