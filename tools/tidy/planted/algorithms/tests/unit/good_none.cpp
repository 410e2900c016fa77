// SPDX-License-Identifier: Apache-2.0
#include <string_view>

// std::ranges::find(text, wanted) would look for one letter.
bool has(std::string_view text, std::string_view wanted) { return text.find(wanted) != std::string_view::npos; }
