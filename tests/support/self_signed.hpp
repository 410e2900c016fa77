// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace vcare::support {

/// A key and a certificate for `localhost` that it signed itself, as two PEM files.
struct SelfSigned {
    std::filesystem::path certificate;
    std::filesystem::path key;
};

/// Makes both in `folder`, with `name` in their names; good for an hour.
inline SelfSigned make_self_signed(const std::filesystem::path& folder, const std::string& name = "server") {
    const auto require = [](bool ok) {
        if (!ok) throw std::runtime_error{"no certificate could be made"};
    };
    using FilePtr = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key{EVP_EC_gen("P-256"), &EVP_PKEY_free};
    const std::unique_ptr<X509, void (*)(X509*)> certificate{X509_new(), &X509_free};
    require(key && certificate);
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_NAME* const subject = X509_get_subject_name(certificate.get());
    const auto* const common_name = reinterpret_cast<const unsigned char*>("localhost");
    require(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, common_name, -1, -1, 0) == 1);
    X509_set_issuer_name(certificate.get(), subject);
    X509_set_pubkey(certificate.get(), key.get());
    require(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);

    SelfSigned files{folder / (name + ".crt"), folder / (name + ".key")};
    const FilePtr certificate_file{std::fopen(files.certificate.c_str(), "w"), &std::fclose};
    const FilePtr key_file{std::fopen(files.key.c_str(), "w"), &std::fclose};
    require(certificate_file && key_file);
    require(PEM_write_X509(certificate_file.get(), certificate.get()) == 1);
    require(PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
    return files;
}

}  // namespace vcare::support
