// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

std::size_t length(std::string text) {
    const std::string taken = std::move(text);
    return text.size() + taken.size();
}
