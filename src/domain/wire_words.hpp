// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace vcare::domain {

/// One table maps an enumerator to its word on the wire and back. `words_of(E{})`, found beside the enum,
/// returns it; `to_wire` and `parse_wire` work for every enum that has one.
template <class E, std::size_t N>
using WireWords = std::array<std::pair<E, std::string_view>, N>;

template <class E>
[[nodiscard]] constexpr std::string_view to_wire(E value) {
    for (const auto& [enumerator, word] : words_of(E{})) {
        if (enumerator == value) return word;
    }
    return "unknown";
}

template <class E>
[[nodiscard]] constexpr std::optional<E> parse_wire(std::string_view text) {
    for (const auto& [enumerator, word] : words_of(E{})) {
        if (word == text) return enumerator;
    }
    return std::nullopt;
}

}  // namespace vcare::domain
