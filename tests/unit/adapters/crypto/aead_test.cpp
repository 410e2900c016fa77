// SPDX-License-Identifier: Apache-2.0
#include "adapters/crypto/aead.hpp"

#include <gtest/gtest.h>

#include "adapters/crypto/random.hpp"

namespace vcare::crypto {
namespace {

const std::string key(32, 'k');

TEST(Aes256Gcm, opens_what_it_sealed) {
    for (const std::string& text : {std::string{}, std::string{"12 Hill Street"}, random_bytes(10'000)})
        EXPECT_EQ(open_aes256_gcm(key, seal_aes256_gcm(key, text, "row 1"), "row 1"), text);
}

TEST(Aes256Gcm, seals_the_same_text_differently_each_time) {
    EXPECT_NE(seal_aes256_gcm(key, "same", "row 1"), seal_aes256_gcm(key, "same", "row 1"));
}

TEST(Aes256Gcm, opens_nothing_that_was_changed_in_a_single_bit) {
    const std::string sealed = seal_aes256_gcm(key, "12 Hill Street", "row 1");

    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string changed = sealed;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_FALSE(open_aes256_gcm(key, changed, "row 1")) << "byte " << i;
    }
}

TEST(Aes256Gcm, opens_nothing_under_another_key_or_for_another_row) {
    const std::string sealed = seal_aes256_gcm(key, "12 Hill Street", "row 1");

    EXPECT_FALSE(open_aes256_gcm(std::string(32, 'x'), sealed, "row 1"));
    EXPECT_FALSE(open_aes256_gcm(key, sealed, "row 2"));
}

TEST(Aes256Gcm, opens_nothing_that_is_too_short) {
    const std::string sealed = seal_aes256_gcm(key, "", "row 1");

    for (std::size_t length = 0; length < sealed.size(); ++length)
        EXPECT_FALSE(open_aes256_gcm(key, sealed.substr(0, length), "row 1"));
}

}  // namespace
}  // namespace vcare::crypto
