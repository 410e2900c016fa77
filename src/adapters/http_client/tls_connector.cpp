// SPDX-License-Identifier: Apache-2.0
#include "adapters/http_client/tls_connector.hpp"

#include <system_error>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

namespace vcare::http_client {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// Forward secrecy and authenticated encryption only (Mozilla's "intermediate" for TLS 1.2; TLS 1.3 has no
// other).
constexpr const char* ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

/// From then on only a certificate for this name or address will do.
bool expect_host(SSL* ssl, const std::string& host) {
    X509_VERIFY_PARAM* const expected = SSL_get0_param(ssl);
    error_code is_name;
    static_cast<void>(asio::ip::make_address(host, is_name));
    if (!is_name) return X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) == 1;
    // An address is no server name (RFC 6066, section 3).
    return X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size()) == 1 &&
           SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
}

/// By what OpenSSL found when it verified a server's certificate.
Failure to_failure(long verdict) {
    switch (verdict) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return Failure::certificate_expired;
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return Failure::certificate_wrong_host;
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            return Failure::certificate_unknown_authority;
        default:
            return Failure::tls;
    }
}

class TlsStream final : public Stream {
  public:
    TlsStream(tcp::socket socket, asio::ssl::context& context, const std::string& host)
        : tls_(std::move(socket), context), is_set_up_(expect_host(tls_.native_handle(), host)) {}

    void start_handshake(Done done) override {
        if (!is_set_up_) close();  // the handshake then fails
        tls_.async_handshake(
            asio::ssl::stream_base::client,
            [done = std::move(done)](error_code error) mutable { std::move(done)(error, std::size_t{0}); });
    }
    Failure why_not_shaken() override { return to_failure(SSL_get_verify_result(tls_.native_handle())); }
    void start_read(asio::mutable_buffer into, Done done) override {
        tls_.async_read_some(into, std::move(done));
    }
    void start_write(asio::const_buffer from, Done done) override {
        asio::async_write(tls_, asio::buffer(from), std::move(done));
    }
    void close() noexcept override {
        error_code ignored;
        tls_.next_layer().close(ignored);
    }
    bool is_quiet() override {
        SSL* const ssl = tls_.native_handle();
        const bool holds_bytes = SSL_has_pending(ssl) == 1 || BIO_ctrl_pending(SSL_get_rbio(ssl)) > 0;
        return !holds_bytes && http_client::is_quiet(tls_.next_layer());
    }

  private:
    asio::ssl::stream<tcp::socket> tls_;
    const bool is_set_up_;
};

void require(const error_code& error, const std::string& file) {
    if (error)
        throw std::system_error{std::error_code{EINVAL, std::generic_category()},
                                "cannot use " + file + " for TLS: " + error.message()};
}

class OpenSslConnector final : public TlsConnector {
  public:
    explicit OpenSslConnector(const std::string& ca_file) : context_(asio::ssl::context::tls_client) {
        error_code error;
        SSL_CTX_set_min_proto_version(context_.native_handle(), TLS1_2_VERSION);
        SSL_CTX_set_options(context_.native_handle(), SSL_OP_NO_RENEGOTIATION);
        SSL_CTX_set_cipher_list(context_.native_handle(), ciphers);
        context_.set_verify_mode(asio::ssl::verify_peer, error);
        require(error, "OpenSSL");
        if (ca_file.empty()) {
            context_.set_default_verify_paths(error);
            require(error, "the system's authorities");
        } else {
            context_.load_verify_file(ca_file, error);
            require(error, ca_file);
        }
    }
    std::unique_ptr<Stream> wrap(tcp::socket socket, const std::string& host) override {
        return std::make_unique<TlsStream>(std::move(socket), context_, host);
    }

  private:
    asio::ssl::context context_;
};

}  // namespace

std::unique_ptr<TlsConnector> make_tls_connector(const std::string& ca_file) {
    return std::make_unique<OpenSslConnector>(ca_file);
}

}  // namespace vcare::http_client
