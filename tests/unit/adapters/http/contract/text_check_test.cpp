// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/contract/text_check.hpp"

#include <gtest/gtest.h>

namespace vcare::http::contract {
namespace {

TEST(IsEmail, takes_a_mailbox_at_a_domain_and_nothing_else) {
    for (const std::string_view text : {"a@b.co", "first.last+tag@mail.example.org", "ö@exämple.org"})
        EXPECT_TRUE(is_email(text)) << text;
    for (const std::string_view text : {"", "a", "@b.co", "a@", "a@b", "a@b..co", "a@.b.co", "a@b.co.",
                                        "a@b@c.de", "a b@c.de", "a@b.co\r\nBcc: x@y.z"})
        EXPECT_FALSE(is_email(text)) << text;
}

TEST(CountCodePoints, counts_characters_and_not_bytes) {
    EXPECT_EQ(count_code_points("aä€😀"), 4U);
}

}  // namespace
}  // namespace vcare::http::contract
