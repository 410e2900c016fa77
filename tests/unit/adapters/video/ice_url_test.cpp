// SPDX-License-Identifier: Apache-2.0
#include "adapters/video/ice_url.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace vcare::video {
namespace {

TEST(IceUrl, is_read_from_the_forms_of_its_standards) {
    const std::vector<std::pair<std::string, IceUrl>> forms = {
        {"stun:stun.example", {"stun", "stun.example", "3478", IceTransport::udp}},
        {"turn:turn.example:4000", {"turn", "turn.example", "4000", IceTransport::udp}},
        {"turn:10.0.0.1?transport=udp", {"turn", "10.0.0.1", "3478", IceTransport::udp}},
        {"turn:turn.example:443?transport=tcp", {"turn", "turn.example", "443", IceTransport::tcp}},
        {"turns:turn.example", {"turns", "turn.example", "5349", IceTransport::tcp}},
        {"turn:[2001:db8::1]:3479", {"turn", "2001:db8::1", "3479", IceTransport::udp}},
        {"turn:[2001:db8::1]", {"turn", "2001:db8::1", "3478", IceTransport::udp}}};
    for (const auto& [text, url] : forms) EXPECT_EQ(parse_ice_url(text), url) << text;
}

TEST(IceUrl, is_read_from_nothing_else) {
    for (const std::string_view text :
         {"", "turn", "turn:", "http://turn.example", "turn://turn.example", "turn:turn.example:",
          "turn:turn.example:x", "turn:turn.example:123456", "turn:a b", "turn:turn.example?transport=sctp",
          "stun:stun.example?transport=udp", "turn:[2001:db8::1", "turn:[2001:db8::1]x", "TURN:turn.example"})
        EXPECT_FALSE(parse_ice_url(text)) << text;
}

}  // namespace
}  // namespace vcare::video
