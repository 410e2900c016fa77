// SPDX-License-Identifier: Apache-2.0
#include "adapters/crypto/rs384_key.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "unit/adapters/crypto/pem_keys.hpp"

namespace vcare::crypto {
namespace {

bool verifies(EVP_PKEY* key, const EVP_MD* digest, std::string_view text, std::string_view signature) {
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    const bool good =
        EVP_DigestVerifyInit(context, nullptr, digest, nullptr, key) == 1 &&
        EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                         reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

TEST(Rs384Key, signs_what_its_public_half_verifies_with_sha_384) {
    EVP_PKEY* const key = EVP_RSA_gen(2048);
    const auto signer = Rs384Key::parse_pem(tests::pem_of(key)).value();

    const std::string signature = signer.sign("header.claims");

    EXPECT_TRUE(verifies(key, EVP_sha384(), "header.claims", signature));
    EXPECT_FALSE(verifies(key, EVP_sha384(), "header.claims!", signature));
    EXPECT_FALSE(verifies(key, EVP_sha256(), "header.claims", signature));
    EVP_PKEY_free(key);
}

TEST(Rs384Key, is_read_from_nothing_but_a_private_rsa_key_that_is_long_enough) {
    EVP_PKEY* const short_key = EVP_RSA_gen(1024);
    EVP_PKEY* const other_kind = EVP_EC_gen("P-256");

    EXPECT_FALSE(Rs384Key::parse_pem(""));
    EXPECT_FALSE(Rs384Key::parse_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"));
    EXPECT_FALSE(Rs384Key::parse_pem(tests::pem_of(short_key)));
    EXPECT_FALSE(Rs384Key::parse_pem(tests::pem_of(other_kind)));
    EVP_PKEY_free(short_key);
    EVP_PKEY_free(other_kind);
}

TEST(Rs384Key, asks_nobody_for_the_password_of_an_encrypted_key) {
    EVP_PKEY* const key = EVP_RSA_gen(2048);

    EXPECT_FALSE(Rs384Key::parse_pem(tests::pem_of(key, "password")));
    EVP_PKEY_free(key);
}

}  // namespace
}  // namespace vcare::crypto
