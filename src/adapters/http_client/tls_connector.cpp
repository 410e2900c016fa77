// SPDX-License-Identifier: Apache-2.0
#include "adapters/http_client/tls_connector.hpp"

#include <system_error>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
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

class TlsStream final : public Stream {
  public:
    TlsStream(tcp::socket socket, asio::ssl::context& context, const std::string& host)
        : tls_(std::move(socket), context) {
        error_code is_name;
        static_cast<void>(asio::ip::make_address(host, is_name));
        // An address is no server name (RFC 6066, section 3).
        is_set_up_ = !is_name || SSL_set_tlsext_host_name(tls_.native_handle(), host.c_str()) == 1;
        error_code failed;
        tls_.set_verify_callback(asio::ssl::host_name_verification{host}, failed);
        is_set_up_ = is_set_up_ && !failed;
    }

    void start_handshake(Done done) override {
        if (!is_set_up_) close();  // the handshake then fails
        tls_.async_handshake(
            asio::ssl::stream_base::client,
            [done = std::move(done)](error_code error) mutable { std::move(done)(error, std::size_t{0}); });
    }
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
    bool is_set_up_ = false;
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
