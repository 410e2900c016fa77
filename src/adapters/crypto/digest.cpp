// SPDX-License-Identifier: Apache-2.0
#include "adapters/crypto/digest.hpp"

#include <array>
#include <memory>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "domain/check.hpp"

namespace vcare::crypto {
namespace {

constexpr std::size_t derived_key_bytes = 32;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// Looked up once: OpenSSL 3 searches its providers at every fetch, which costs more than a short hash.
EVP_MD* sha256_algorithm() {
    static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return algorithm;
}
EVP_MAC* hmac_algorithm() {
    static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    return algorithm;
}

using MacContextPtr = std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)>;

/// Without a key yet; only ever copied, because naming the digest makes OpenSSL search for it.
MacContextPtr make_hmac_context(std::string digest) {
    MacContextPtr context{EVP_MAC_CTX_new(hmac_algorithm()), &EVP_MAC_CTX_free};
    const std::array params{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                            OSSL_PARAM_construct_end()};
    VCARE_CHECK(context && EVP_MAC_CTX_set_params(context.get(), params.data()) == 1,
                "OpenSSL has HMAC with the digests that are named here");
    return context;
}

std::string hmac(std::string_view key, std::string_view text, const EVP_MAC_CTX* keyless) {
    const MacContextPtr context{EVP_MAC_CTX_dup(keyless), &EVP_MAC_CTX_free};
    std::string out(EVP_MAX_MD_SIZE, '\0');
    std::size_t length = 0;
    const bool done =
        context && EVP_MAC_init(context.get(), bytes_of(key), key.size(), nullptr) == 1 &&
        EVP_MAC_update(context.get(), bytes_of(text), text.size()) == 1 &&
        EVP_MAC_final(context.get(), reinterpret_cast<unsigned char*>(out.data()), &length, out.size()) == 1;
    VCARE_CHECK(done, "HMAC fails only without memory");
    out.resize(length);
    return out;
}

}  // namespace

Sha256 sha256_bytes(std::string_view bytes) {
    // Used again by its thread: making one costs as much as hashing a token.
    thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                                       &EVP_MD_CTX_free};
    Sha256 out{};
    const bool done =
        context && EVP_DigestInit_ex(context.get(), sha256_algorithm(), nullptr) == 1 &&
        EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
        EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(out.data()), nullptr) == 1;
    VCARE_CHECK(done, "hashing fails only without memory");
    return out;
}

std::string sha256(std::string_view bytes) {
    const Sha256 digest = sha256_bytes(bytes);
    return {digest.begin(), digest.end()};
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
    static const MacContextPtr keyless = make_hmac_context("SHA256");
    return hmac(key, text, keyless.get());
}

std::string hmac_sha1(std::string_view key, std::string_view text) {
    static const MacContextPtr keyless = make_hmac_context("SHA1");
    return hmac(key, text, keyless.get());
}

std::string derive_key(std::string_view secret, std::string_view info) {
    const std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> algorithm{EVP_KDF_fetch(nullptr, "HKDF", nullptr),
                                                                      &EVP_KDF_free};
    const std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> context{EVP_KDF_CTX_new(algorithm.get()),
                                                                            &EVP_KDF_CTX_free};
    std::string digest = "SHA256";
    std::string secret_copy{secret};
    std::string info_copy{info};
    const std::array params{
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret_copy.data(), secret_copy.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info_copy.data(), info_copy.size()),
        OSSL_PARAM_construct_end()};
    std::string out(derived_key_bytes, '\0');
    const bool done = context && EVP_KDF_derive(context.get(), reinterpret_cast<unsigned char*>(out.data()),
                                                out.size(), params.data()) == 1;
    OPENSSL_cleanse(secret_copy.data(), secret_copy.size());
    VCARE_CHECK(done, "deriving a key fails only without memory");
    return out;
}

bool equal_in_constant_time(std::string_view left, std::string_view right) {
    return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace vcare::crypto
