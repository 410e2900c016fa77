// SPDX-License-Identifier: Apache-2.0
#include "support/certificates.hpp"

#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace vcare::support {
namespace {

struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(BIO* memory) const { BIO_free(memory); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using X509Certificate = std::unique_ptr<X509, Free>;
using Memory = std::unique_ptr<BIO, Free>;

constexpr long seconds_a_day = 24L * 60 * 60;

std::string text_in(const Memory& memory) {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
    const Memory memory{BIO_new(BIO_s_mem())};
    PEM_write_bio_X509(memory.get(), certificate);
    return text_in(memory);
}

std::string pem_of(EVP_PKEY* key) {
    const Memory memory{BIO_new(BIO_s_mem())};
    PEM_write_bio_PKCS8PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    return text_in(memory);
}

void extend(X509* certificate, X509* issuer, int what, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str());
    if (extension == nullptr) throw std::runtime_error{"not an extension: " + value};
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

X509Certificate begin_certificate(EVP_PKEY* key, const char* name, long serial, int days) {
    X509Certificate certificate{X509_new()};
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -seconds_a_day - 60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), (days - 1) * seconds_a_day - 30);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    return certificate;
}

}  // namespace

struct Authority::Native {
    Key key{EVP_EC_gen("P-256")};
    X509Certificate certificate = begin_certificate(key.get(), "Test authority", 1, 2);
};

Authority::Authority() : native_(std::make_unique<Native>()) {
    X509* const own = native_->certificate.get();
    X509_set_issuer_name(own, X509_get_subject_name(own));
    extend(own, own, NID_basic_constraints, "critical,CA:TRUE");
    extend(own, own, NID_key_usage, "critical,keyCertSign,cRLSign");
    extend(own, own, NID_subject_key_identifier, "hash");
    X509_sign(own, native_->key.get(), EVP_sha256());
    pem_ = pem_of(own);
}

Authority::~Authority() = default;

Certificate Authority::issue(const std::string& names, int days) const {
    const Key key{EVP_EC_gen("P-256")};
    const X509Certificate issued = begin_certificate(key.get(), "Test server", 2, days);
    X509* const issuer = native_->certificate.get();
    X509_set_issuer_name(issued.get(), X509_get_subject_name(issuer));
    extend(issued.get(), issuer, NID_subject_alt_name, names);
    extend(issued.get(), issuer, NID_authority_key_identifier, "keyid");
    X509_sign(issued.get(), native_->key.get(), EVP_sha256());
    return {.chain = pem_of(issued.get()), .key = pem_of(key.get())};
}

}  // namespace vcare::support
