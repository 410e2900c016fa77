// SPDX-License-Identifier: Apache-2.0
#include "adapters/video/stun.hpp"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace vcare::video {
namespace {

StunTransaction a_transaction() {
    StunTransaction transaction{};
    for (std::size_t i = 0; i < transaction.size(); ++i) transaction[i] = static_cast<std::byte>(i + 1);
    return transaction;
}

std::vector<std::byte> answer_of_type(unsigned type) {
    const StunRequest request = make_binding_request(a_transaction());
    std::vector<std::byte> answer{request.begin(), request.end()};
    answer[0] = static_cast<std::byte>(type >> 8);
    answer[1] = static_cast<std::byte>(type & 0xFF);
    return answer;
}

TEST(Stun, writes_a_binding_request_as_its_standard_says) {
    const StunRequest request = make_binding_request(a_transaction());

    const std::vector<unsigned> expected = {0x00, 0x01, 0x00, 0x00, 0x21, 0x12, 0xA4, 0x42, 1,  2,
                                            3,    4,    5,    6,    7,    8,    9,    10,   11, 12};
    EXPECT_TRUE(
        std::ranges::equal(request, expected, {}, [](std::byte b) { return std::to_integer<unsigned>(b); }));
}

TEST(Stun, takes_success_and_error_for_an_answer) {
    EXPECT_TRUE(is_binding_answer(answer_of_type(0x0101), a_transaction()));
    EXPECT_TRUE(is_binding_answer(answer_of_type(0x0111), a_transaction()));
}

TEST(Stun, takes_nothing_else_for_an_answer) {
    EXPECT_FALSE(is_binding_answer(answer_of_type(0x0001), a_transaction())) << "a request";
    EXPECT_FALSE(is_binding_answer(answer_of_type(0x0101), StunTransaction{})) << "of another transaction";

    auto other_cookie = answer_of_type(0x0101);
    other_cookie[7] = std::byte{0};
    EXPECT_FALSE(is_binding_answer(other_cookie, a_transaction()));

    auto cut = answer_of_type(0x0101);
    cut.pop_back();
    EXPECT_FALSE(is_binding_answer(cut, a_transaction()));
    EXPECT_FALSE(is_binding_answer({}, a_transaction()));
}

}  // namespace
}  // namespace vcare::video
