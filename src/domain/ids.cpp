// SPDX-License-Identifier: Apache-2.0
#include "domain/ids.hpp"

#include <algorithm>

namespace vcare::domain {
namespace {

constexpr std::string_view crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t ulid_length = 26;

}  // namespace

std::string make_ulid(Instant at, const UlidEntropy& entropy) {
    std::string out(ulid_length, '0');
    auto time = static_cast<std::uint64_t>(to_unix_ms(at));
    for (std::size_t i = 10; i-- > 0; time >>= 5) out[i] = crockford[time & 31];

    std::uint32_t bits = 0;
    int held = 0;
    std::size_t position = 10;
    for (const std::byte byte : entropy) {
        bits = (bits << 8) | std::to_integer<std::uint32_t>(byte);
        held += 8;
        while (held >= 5) {
            held -= 5;
            out[position++] = crockford[(bits >> held) & 31];
        }
    }
    return out;
}

bool is_ulid(std::string_view text) {
    const bool fits_128_bits = text.size() == ulid_length && text.front() <= '7';
    return fits_128_bits && std::ranges::all_of(text, [](char c) { return crockford.contains(c); });
}

bool is_opaque_id(std::string_view text) {
    const auto allowed = [](char c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        const bool digit = c >= '0' && c <= '9';
        return letter || digit || std::string_view{"._:-"}.contains(c);
    };
    return !text.empty() && text.size() <= 128 && std::ranges::all_of(text, allowed);
}

}  // namespace vcare::domain
