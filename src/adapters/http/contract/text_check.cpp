// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/contract/text_check.hpp"

#include <algorithm>

namespace vcare::http::contract {
namespace {

bool is_in(const PatternPart& part, char c) {
    const auto code = static_cast<unsigned char>(c);
    return code < 128 && ((part.set.at(code / 64) >> (code % 64)) & 1U) != 0;
}

}  // namespace

std::size_t count_code_points(std::string_view text) {
    const auto starts_one = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    return static_cast<std::size_t>(std::ranges::count_if(text, starts_one));
}

bool matches(const SchemaTable& table, const Pattern& pattern, std::string_view text) {
    for (const auto& part : table.parts.subspan(pattern.first_part, pattern.part_count)) {
        if (!part.literal.empty()) {
            if (!text.starts_with(part.literal)) return false;
            text.remove_prefix(part.literal.size());
            continue;
        }
        std::size_t count = 0;
        while (count < text.size() && count < part.max && is_in(part, text[count])) ++count;
        if (count < part.min) return false;
        text.remove_prefix(count);
    }
    return text.empty();
}

bool is_email(std::string_view text) {
    const auto at = text.find('@');
    if (at == std::string_view::npos || at == 0 || at > 64) return false;
    const auto domain = text.substr(at + 1);
    const auto is_odd = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '@'; };
    const bool has_odd =
        std::ranges::any_of(text.substr(0, at), is_odd) || std::ranges::any_of(domain, is_odd);
    const bool has_inner_dot = domain.find('.') != std::string_view::npos && !domain.starts_with('.') &&
                               !domain.ends_with('.') && domain.find("..") == std::string_view::npos;
    return !has_odd && has_inner_dot;
}

}  // namespace vcare::http::contract
