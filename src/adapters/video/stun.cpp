// SPDX-License-Identifier: Apache-2.0
#include "adapters/video/stun.hpp"

#include <algorithm>

namespace vcare::video {
namespace {

template <class... Values>
constexpr std::array<std::byte, sizeof...(Values)> bytes(Values... values) {
    return {static_cast<std::byte>(values)...};
}

constexpr auto binding_request = bytes(0x00, 0x01);
constexpr auto binding_success = bytes(0x01, 0x01);
constexpr auto binding_error = bytes(0x01, 0x11);
constexpr auto magic_cookie = bytes(0x21, 0x12, 0xA4, 0x42);
constexpr std::size_t cookie_at = 4;
constexpr std::size_t transaction_at = 8;

}  // namespace

StunRequest make_binding_request(const StunTransaction& transaction) {
    StunRequest request{};  // the length, of no attributes, is 0
    std::ranges::copy(binding_request, request.begin());
    std::ranges::copy(magic_cookie, request.begin() + cookie_at);
    std::ranges::copy(transaction, request.begin() + transaction_at);
    return request;
}

bool is_binding_answer(std::span<const std::byte> datagram, const StunTransaction& transaction) {
    if (datagram.size() < stun_header_bytes) return false;
    const auto type = datagram.first(2);
    const bool is_answer =
        std::ranges::equal(type, binding_success) || std::ranges::equal(type, binding_error);
    return is_answer && std::ranges::equal(datagram.subspan(cookie_at, magic_cookie.size()), magic_cookie) &&
           std::ranges::equal(datagram.subspan(transaction_at, transaction.size()), transaction);
}

}  // namespace vcare::video
