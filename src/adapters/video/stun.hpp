// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace vcare::video {

/// What ties an answer to its request (RFC 5389, section 6).
using StunTransaction = std::array<std::byte, 12>;

constexpr std::size_t stun_header_bytes = 20;
using StunRequest = std::array<std::byte, stun_header_bytes>;

/// A binding request without attributes.
[[nodiscard]] StunRequest make_binding_request(const StunTransaction& transaction);

/// True for a success or error answer to the binding request of this transaction.
[[nodiscard]] bool is_binding_answer(std::span<const std::byte> datagram, const StunTransaction& transaction);

}  // namespace vcare::video
