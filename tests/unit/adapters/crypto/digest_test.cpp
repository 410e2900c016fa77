// SPDX-License-Identifier: Apache-2.0
#include "adapters/crypto/digest.hpp"

#include <gtest/gtest.h>

#include "adapters/crypto/encoding.hpp"

namespace vcare::crypto {
namespace {

TEST(Sha256, gives_the_example_of_its_standard) {
    // FIPS 180-2, appendix B.1.
    EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(HmacSha256, gives_the_second_case_of_rfc_4231) {
    EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(HmacSha1, gives_the_second_case_of_rfc_2202) {
    EXPECT_EQ(to_hex(hmac_sha1("Jefe", "what do ya want for nothing?")),
              "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

TEST(DeriveKey, gives_the_third_case_of_rfc_5869_cut_to_32_bytes) {
    // Without salt and info: the case that leaves both out.
    const std::string secret(22, '\x0b');

    EXPECT_EQ(to_hex(derive_key(secret, "")),
              "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
}

TEST(DeriveKey, gives_another_key_for_another_purpose) {
    EXPECT_NE(derive_key("secret", "a"), derive_key("secret", "b"));
}

TEST(EqualInConstantTime, compares_length_and_every_byte) {
    EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abcd"));
}

}  // namespace
}  // namespace vcare::crypto
