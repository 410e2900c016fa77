// SPDX-License-Identifier: Apache-2.0
#include "adapters/crypto/encoding.hpp"

#include <gtest/gtest.h>

namespace vcare::crypto {
namespace {

struct Vector {
    std::string_view bytes;
    std::string_view base64;
};

// RFC 4648, section 10.
constexpr Vector vectors[] = {{"", ""},
                              {"f", "Zg=="},
                              {"fo", "Zm8="},
                              {"foo", "Zm9v"},
                              {"foob", "Zm9vYg=="},
                              {"fooba", "Zm9vYmE="},
                              {"foobar", "Zm9vYmFy"}};

TEST(Base64, writes_the_vectors_of_its_standard) {
    for (const auto& [bytes, base64] : vectors) EXPECT_EQ(to_base64(bytes), base64);
}

TEST(Base64url, writes_the_vectors_without_padding_and_reads_them_back) {
    for (const auto& [bytes, base64] : vectors) {
        const std::string unpadded{base64.substr(0, base64.find('='))};

        EXPECT_EQ(to_base64url(bytes), unpadded);
        EXPECT_EQ(parse_base64url(unpadded), bytes);
    }
}

TEST(Base64url, uses_its_own_two_last_characters) {
    EXPECT_EQ(to_base64url("\xfb\xff"), "-_8");
    EXPECT_EQ(parse_base64url("-_8"), "\xfb\xff");
}

TEST(Base64url, refuses_every_text_but_the_one_of_a_value) {
    for (const std::string_view text : {"Zg==", "Zh", "Zm9", "+_8", "Zm 9v", "Z", "Zm9vY", "Zg\n"})
        EXPECT_FALSE(parse_base64url(text)) << text;
}

TEST(Hex, reads_what_it_writes_and_nothing_else) {
    EXPECT_EQ(to_hex(std::string_view{"\x00\x9f\xff", 3}), "009fff");
    EXPECT_EQ(parse_hex("009fff"), (std::string{"\x00\x9f\xff", 3}));

    for (const std::string_view text : {"0", "0g", "0F", " 00"}) EXPECT_FALSE(parse_hex(text)) << text;
}

}  // namespace
}  // namespace vcare::crypto
