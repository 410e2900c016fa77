// SPDX-License-Identifier: Apache-2.0
#include "adapters/crypto/rs384_key.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "domain/check.hpp"

namespace vcare::crypto {
namespace {

constexpr int rsa_bits_min = 2048;

template <class T, void (*Free)(T*)>
struct Deleter {
    void operator()(T* object) const { Free(object); }
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX, EVP_MD_CTX_free>>;
using Memory = std::unique_ptr<BIO, Deleter<BIO, BIO_free_all>>;

/// Nobody is there to be asked for a password: an encrypted key is none.
int no_password(char*, int, int, void*) {
    return 0;
}

}  // namespace

struct Rs384Key::Native {
    EVP_PKEY* key = nullptr;

    explicit Native(EVP_PKEY* owned) : key(owned) {}
    Native(const Native&) = delete;
    Native& operator=(const Native&) = delete;
    ~Native() { EVP_PKEY_free(key); }
};

std::optional<Rs384Key> Rs384Key::parse_pem(std::string_view pem) {
    const Memory memory{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    EVP_PKEY* const key =
        memory ? PEM_read_bio_PrivateKey(memory.get(), nullptr, no_password, nullptr) : nullptr;
    ERR_clear_error();
    if (key == nullptr) return std::nullopt;
    auto native = std::make_shared<const Native>(key);
    const bool is_fit = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA && EVP_PKEY_get_bits(key) >= rsa_bits_min;
    return is_fit ? std::optional{Rs384Key{std::move(native)}} : std::nullopt;
}

std::string Rs384Key::sign(std::string_view text) const {
    const DigestContext context{EVP_MD_CTX_new()};
    const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t size = 0;
    bool is_signed = EVP_DigestSignInit(context.get(), nullptr, EVP_sha384(), nullptr, native_->key) == 1 &&
                     EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) == 1;
    std::string signature(size, '\0');
    is_signed = is_signed && EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()),
                                            &size, bytes, text.size()) == 1;
    VCARE_CHECK(is_signed, "an RSA key that was read can sign");
    signature.resize(size);
    return signature;
}

}  // namespace vcare::crypto
