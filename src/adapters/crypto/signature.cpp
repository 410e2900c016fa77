// SPDX-License-Identifier: Apache-2.0
#include "adapters/crypto/signature.hpp"

#include <array>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include "domain/check.hpp"

namespace vcare::crypto {

struct PublicKey::Native {
    EVP_PKEY* key = nullptr;

    explicit Native(EVP_PKEY* owned) : key(owned) {}
    Native(const Native&) = delete;
    Native& operator=(const Native&) = delete;
    ~Native() { EVP_PKEY_free(key); }
};

namespace {

constexpr std::size_t p256_number_bytes = 32;
constexpr int rsa_bits_min = 2048;

template <class T, void (*Free)(T*)>
struct Deleter {
    void operator()(T* object) const { Free(object); }
};
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Deleter<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX, EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Deleter<BIGNUM, BN_free>>;
using EcdsaNumbers = std::unique_ptr<ECDSA_SIG, Deleter<ECDSA_SIG, ECDSA_SIG_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, Deleter<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Deleter<OSSL_PARAM, OSSL_PARAM_free>>;
using Memory = std::unique_ptr<BIO, Deleter<BIO, BIO_free_all>>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

Number to_number(std::string_view big_endian) {
    return Number{BN_bin2bn(bytes_of(big_endian), static_cast<int>(big_endian.size()), nullptr)};
}

std::string to_bytes(const BIGNUM* number, std::size_t count) {
    std::string out(count, '\0');
    const int written =
        BN_bn2binpad(number, reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count));
    VCARE_CHECK(written == static_cast<int>(count), "a number of P-256 has 32 bytes");
    return out;
}

/// Nothing when the numbers are no key; the provider checks that a point is on its curve.
EVP_PKEY* make_public_key(const char* type, const OSSL_PARAM_BLD* builder) {
    const Params params{OSSL_PARAM_BLD_to_param(const_cast<OSSL_PARAM_BLD*>(builder))};
    const KeyContext context{EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)};
    EVP_PKEY* key = nullptr;
    const bool made = params && context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
                      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) == 1;
    ERR_clear_error();
    return made ? key : nullptr;
}

/// JWS writes r and s side by side, OpenSSL wants them in DER. Empty when they are no numbers.
std::string der_of(std::string_view signature) {
    if (signature.size() != 2 * p256_number_bytes) return {};
    const EcdsaNumbers numbers{ECDSA_SIG_new()};
    Number r = to_number(signature.substr(0, p256_number_bytes));
    Number s = to_number(signature.substr(p256_number_bytes));
    if (!numbers || !r || !s || ECDSA_SIG_set0(numbers.get(), r.get(), s.get()) != 1) return {};
    static_cast<void>(r.release());  // set0 took them over
    static_cast<void>(s.release());
    unsigned char* der = nullptr;
    const int length = i2d_ECDSA_SIG(numbers.get(), &der);
    if (length <= 0) return {};
    std::string out{reinterpret_cast<const char*>(der), static_cast<std::size_t>(length)};
    OPENSSL_free(der);
    return out;
}

std::string side_by_side(std::string_view der) {
    const unsigned char* begin = bytes_of(der);
    const EcdsaNumbers numbers{d2i_ECDSA_SIG(nullptr, &begin, static_cast<long>(der.size()))};
    VCARE_CHECK(numbers != nullptr, "OpenSSL made this signature a line above");
    return to_bytes(ECDSA_SIG_get0_r(numbers.get()), p256_number_bytes) +
           to_bytes(ECDSA_SIG_get0_s(numbers.get()), p256_number_bytes);
}

bool is_p256(EVP_PKEY* key) {
    std::array<char, 32> group{};
    return EVP_PKEY_is_a(key, "EC") == 1 &&
           EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) == 1 &&
           std::string_view{group.data()} == SN_X9_62_prime256v1;
}

}  // namespace

std::optional<PublicKey> PublicKey::of_p256(std::string_view x, std::string_view y) {
    if (x.size() != p256_number_bytes || y.size() != p256_number_bytes) return std::nullopt;
    const std::string uncompressed = std::string{"\x04"}.append(x).append(y);
    const ParamBuilder builder{OSSL_PARAM_BLD_new()};
    const bool pushed = builder &&
                        OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                                        SN_X9_62_prime256v1, 0) == 1 &&
                        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                                         uncompressed.data(), uncompressed.size()) == 1;
    EVP_PKEY* const key = pushed ? make_public_key("EC", builder.get()) : nullptr;
    if (key == nullptr) return std::nullopt;
    return PublicKey{SignatureAlgorithm::es256, std::make_shared<const Native>(key)};
}

std::optional<PublicKey> PublicKey::of_rsa(std::string_view modulus, std::string_view exponent) {
    const Number n = to_number(modulus);
    const Number e = to_number(exponent);
    const bool sound = n && e && BN_num_bits(n.get()) >= rsa_bits_min && BN_num_bits(n.get()) <= 16384 &&
                       BN_is_odd(n.get()) == 1 && BN_is_odd(e.get()) == 1 && BN_is_one(e.get()) == 0;
    if (!sound) return std::nullopt;
    const ParamBuilder builder{OSSL_PARAM_BLD_new()};
    const bool pushed = builder &&
                        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
                        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1;
    EVP_PKEY* const key = pushed ? make_public_key("RSA", builder.get()) : nullptr;
    if (key == nullptr) return std::nullopt;
    return PublicKey{SignatureAlgorithm::rs256, std::make_shared<const Native>(key)};
}

bool PublicKey::verifies(std::string_view text, std::string_view signature) const {
    const std::string form =
        algorithm_ == SignatureAlgorithm::es256 ? der_of(signature) : std::string{signature};
    const DigestContext context{EVP_MD_CTX_new()};
    const bool genuine =
        context && !form.empty() &&
        EVP_DigestVerifyInit_ex(context.get(), nullptr, "SHA256", nullptr, nullptr, native_->key, nullptr) ==
            1 &&
        EVP_DigestVerify(context.get(), bytes_of(form), form.size(), bytes_of(text), text.size()) == 1;
    ERR_clear_error();  // a wrong signature is no error of ours: nothing may stay in this thread's queue
    return genuine;
}

Es256Key Es256Key::generate() {
    EVP_PKEY* const key = EVP_EC_gen("P-256");
    VCARE_CHECK(key != nullptr, "making a key fails only without memory");
    return Es256Key{std::make_shared<const PublicKey::Native>(key)};
}

std::optional<Es256Key> Es256Key::parse_pem(std::string_view pem) {
    const Memory memory{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    // No prompt on a terminal for a key with a password: it is refused.
    const auto no_password = [](char*, int, int, void*) { return -1; };
    EVP_PKEY* const key = PEM_read_bio_PrivateKey(memory.get(), nullptr, no_password, nullptr);
    ERR_clear_error();
    if (key == nullptr) return std::nullopt;
    auto native = std::make_shared<const PublicKey::Native>(key);
    if (!is_p256(key)) return std::nullopt;
    return Es256Key{std::move(native)};
}

std::string Es256Key::to_pem() const {
    const Memory memory{BIO_new(BIO_s_secmem())};
    const int written =
        PEM_write_bio_PKCS8PrivateKey(memory.get(), native_->key, nullptr, nullptr, 0, nullptr, nullptr);
    VCARE_CHECK(written == 1, "writing to memory fails only without memory");
    char* text = nullptr;
    const long length = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(length)};
}

std::string Es256Key::sign(std::string_view text) const {
    const DigestContext context{EVP_MD_CTX_new()};
    std::string der(80, '\0');
    std::size_t length = der.size();
    const bool done = context &&
                      EVP_DigestSignInit_ex(context.get(), nullptr, "SHA256", nullptr, nullptr, native_->key,
                                            nullptr) == 1 &&
                      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(der.data()), &length,
                                     bytes_of(text), text.size()) == 1;
    VCARE_CHECK(done, "signing fails only without memory");
    der.resize(length);
    return side_by_side(der);
}

PublicKey Es256Key::public_key() const {
    return PublicKey{SignatureAlgorithm::es256, native_};
}

Es256Key::Point Es256Key::point() const {
    BIGNUM* x = nullptr;
    BIGNUM* y = nullptr;
    const bool known = EVP_PKEY_get_bn_param(native_->key, OSSL_PKEY_PARAM_EC_PUB_X, &x) == 1 &&
                       EVP_PKEY_get_bn_param(native_->key, OSSL_PKEY_PARAM_EC_PUB_Y, &y) == 1;
    const Number x_owner{x};
    const Number y_owner{y};
    VCARE_CHECK(known, "a private key of P-256 has its public point");
    return {.x = to_bytes(x, p256_number_bytes), .y = to_bytes(y, p256_number_bytes)};
}

}  // namespace vcare::crypto
