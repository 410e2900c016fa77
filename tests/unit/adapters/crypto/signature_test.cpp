// SPDX-License-Identifier: Apache-2.0
#include "adapters/crypto/signature.hpp"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/pem.h>

#include "adapters/crypto/encoding.hpp"

namespace vcare::crypto {
namespace {

std::string bytes(std::string_view base64url) {
    return parse_base64url(base64url).value();
}

// RFC 7515, appendix A.2 (RS256) and A.3 (ES256).
constexpr std::string_view rfc_claims =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const std::string rs256_input = "eyJhbGciOiJSUzI1NiJ9." + std::string{rfc_claims};
const std::string es256_input = "eyJhbGciOiJFUzI1NiJ9." + std::string{rfc_claims};
constexpr std::string_view rs256_modulus =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yR"
    "T-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXB"
    "dQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9ia"
    "GNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
constexpr std::string_view rs256_signature =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9"
    "uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB"
    "_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rq"
    "Vt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
constexpr std::string_view es256_x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
constexpr std::string_view es256_y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
constexpr std::string_view es256_signature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

TEST(PublicKey, verifies_the_rs256_example_of_rfc_7515) {
    const auto key = PublicKey::of_rsa(bytes(rs256_modulus), bytes("AQAB"));

    ASSERT_TRUE(key);
    EXPECT_EQ(key->algorithm(), SignatureAlgorithm::rs256);
    EXPECT_TRUE(key->verifies(rs256_input, bytes(rs256_signature)));
    EXPECT_FALSE(key->verifies(es256_input, bytes(rs256_signature)));
}

TEST(PublicKey, verifies_the_es256_example_of_rfc_7515) {
    const auto key = PublicKey::of_p256(bytes(es256_x), bytes(es256_y));

    ASSERT_TRUE(key);
    EXPECT_EQ(key->algorithm(), SignatureAlgorithm::es256);
    EXPECT_TRUE(key->verifies(es256_input, bytes(es256_signature)));
    EXPECT_FALSE(key->verifies(rs256_input, bytes(es256_signature)));
}

TEST(PublicKey, verifies_no_signature_of_the_wrong_form) {
    const auto key = PublicKey::of_p256(bytes(es256_x), bytes(es256_y));

    ASSERT_TRUE(key);
    for (const std::string& wrong :
         {std::string{}, std::string(64, '\0'), std::string(63, 'a'), std::string(64, '\xff')})
        EXPECT_FALSE(key->verifies(es256_input, wrong));
}

TEST(PublicKey, is_not_made_of_a_point_off_the_curve_or_of_a_short_modulus) {
    std::string y = bytes(es256_y);
    y.back() = static_cast<char>(y.back() ^ 1);

    EXPECT_FALSE(PublicKey::of_p256(bytes(es256_x), y));
    EXPECT_FALSE(PublicKey::of_p256(bytes(es256_x), ""));
    EXPECT_FALSE(PublicKey::of_rsa(bytes(rs256_modulus).substr(0, 128), bytes("AQAB")));
    EXPECT_FALSE(PublicKey::of_rsa(bytes(rs256_modulus), "\x01"));
    EXPECT_FALSE(PublicKey::of_rsa("", ""));
}

TEST(Es256Key, signs_what_its_public_key_verifies) {
    const Es256Key key = Es256Key::generate();

    const std::string signature = key.sign("text");

    EXPECT_EQ(signature.size(), 64U);
    EXPECT_TRUE(key.public_key().verifies("text", signature));
    EXPECT_FALSE(key.public_key().verifies("tekst", signature));
}

TEST(Es256Key, gives_the_point_that_makes_its_public_key) {
    const Es256Key key = Es256Key::generate();

    const auto [x, y] = key.point();
    const auto public_key = PublicKey::of_p256(x, y);

    ASSERT_TRUE(public_key);
    EXPECT_TRUE(public_key->verifies("text", key.sign("text")));
}

TEST(Es256Key, is_the_same_after_a_file) {
    const Es256Key key = Es256Key::generate();

    const auto read = Es256Key::parse_pem(key.to_pem());

    ASSERT_TRUE(read);
    EXPECT_TRUE(key.public_key().verifies("text", read->sign("text")));
}

std::string pem_of_another_curve() {
    EVP_PKEY* const key = EVP_EC_gen("P-384");
    BIO* const memory = BIO_new(BIO_s_mem());
    PEM_write_bio_PKCS8PrivateKey(memory, key, nullptr, nullptr, 0, nullptr, nullptr);
    char* text = nullptr;
    const long length = BIO_get_mem_data(memory, &text);
    std::string pem{text, static_cast<std::size_t>(length)};
    BIO_free_all(memory);
    EVP_PKEY_free(key);
    return pem;
}

TEST(Es256Key, is_read_from_nothing_but_an_unencrypted_key_of_its_curve) {
    const std::string other_curve = pem_of_another_curve();
    const std::string cut = Es256Key::generate().to_pem().substr(0, 100);

    for (const std::string& pem : {std::string{}, std::string{"no key"}, cut, other_curve})
        EXPECT_FALSE(Es256Key::parse_pem(pem)) << pem;
}

}  // namespace
}  // namespace vcare::crypto
