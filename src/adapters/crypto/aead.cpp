// SPDX-License-Identifier: Apache-2.0
#include "adapters/crypto/aead.hpp"

#include <memory>

#include <openssl/evp.h>

#include "adapters/crypto/random.hpp"
#include "domain/check.hpp"

namespace vcare::crypto {
namespace {

constexpr std::size_t key_bytes = 32;
constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

EVP_CIPHER* algorithm() {
    static EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    return cipher;
}

}  // namespace

std::string seal_aes256_gcm(std::string_view key, std::string_view plaintext, std::string_view bound_to) {
    VCARE_CHECK(key.size() == key_bytes, "keys are derived with this length");
    const std::string nonce = random_bytes(nonce_bytes);
    std::string out = nonce;
    out.resize(nonce_bytes + plaintext.size() + tag_bytes);
    auto* const ciphertext = reinterpret_cast<unsigned char*>(out.data()) + nonce_bytes;

    const CipherContext context{EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
    int length = 0;
    const bool done =
        context &&
        EVP_EncryptInit_ex2(context.get(), algorithm(), bytes_of(key), bytes_of(nonce), nullptr) == 1 &&
        EVP_EncryptUpdate(context.get(), nullptr, &length, bytes_of(bound_to),
                          static_cast<int>(bound_to.size())) == 1 &&
        EVP_EncryptUpdate(context.get(), ciphertext, &length, bytes_of(plaintext),
                          static_cast<int>(plaintext.size())) == 1 &&
        EVP_EncryptFinal_ex(context.get(), ciphertext + plaintext.size(), &length) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, tag_bytes, ciphertext + plaintext.size()) ==
            1;
    VCARE_CHECK(done, "sealing fails only without memory");
    return out;
}

std::optional<std::string> open_aes256_gcm(std::string_view key, std::string_view sealed,
                                           std::string_view bound_to) {
    if (key.size() != key_bytes || sealed.size() < nonce_bytes + tag_bytes) return std::nullopt;
    const auto nonce = sealed.substr(0, nonce_bytes);
    const auto ciphertext = sealed.substr(nonce_bytes, sealed.size() - nonce_bytes - tag_bytes);
    std::string tag{sealed.substr(sealed.size() - tag_bytes)};
    std::string out(ciphertext.size(), '\0');
    auto* const plaintext = reinterpret_cast<unsigned char*>(out.data());

    const CipherContext context{EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
    int length = 0;
    const bool genuine =
        context &&
        EVP_DecryptInit_ex2(context.get(), algorithm(), bytes_of(key), bytes_of(nonce), nullptr) == 1 &&
        EVP_DecryptUpdate(context.get(), nullptr, &length, bytes_of(bound_to),
                          static_cast<int>(bound_to.size())) == 1 &&
        EVP_DecryptUpdate(context.get(), plaintext, &length, bytes_of(ciphertext),
                          static_cast<int>(ciphertext.size())) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, tag_bytes, tag.data()) == 1 &&
        EVP_DecryptFinal_ex(context.get(), plaintext + ciphertext.size(), &length) == 1;
    if (!genuine) return std::nullopt;
    return out;
}

}  // namespace vcare::crypto
