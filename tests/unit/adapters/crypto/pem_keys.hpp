// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <openssl/evp.h>
#include <openssl/pem.h>

namespace vcare::tests {

/// PKCS #8; encrypted when there is a password.
inline std::string pem_of(EVP_PKEY* key, const std::string& password = "") {
    BIO* const memory = BIO_new(BIO_s_mem());
    PEM_write_bio_PKCS8PrivateKey(memory, key, password.empty() ? nullptr : EVP_aes_256_cbc(),
                                  password.data(), static_cast<int>(password.size()), nullptr, nullptr);
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(memory, &bytes);
    std::string pem{bytes, static_cast<std::size_t>(size)};
    BIO_free(memory);
    return pem;
}

}  // namespace vcare::tests
