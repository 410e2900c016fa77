// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/tls.hpp"

#include <system_error>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "adapters/http/socket_stream.hpp"

namespace vcare::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// Forward secrecy and authenticated encryption only (Mozilla's "intermediate" for TLS 1.2; TLS 1.3 has no
// other).
constexpr const char* ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

class TlsStream final : public SocketStream<asio::ssl::stream<asio::ip::tcp::socket&>> {
  public:
    TlsStream(std::unique_ptr<TcpSocket> tcp, asio::ssl::context& context)
        : SocketStream(std::move(tcp)), tls_(socket(), context) {}

    void start_handshake(Done done) override {
        tls_.async_handshake(
            asio::ssl::stream_base::server,
            [done = std::move(done)](error_code error) mutable { std::move(done)(error, std::size_t{0}); });
    }
    void start_finish(Done done) override {
        // Sends close_notify, so that the peer can tell the end from a connection that was cut (RFC
        // 8446, 6.1).
        tls_.async_shutdown([this, done = std::move(done)](error_code error) mutable {
            shutdown_send();
            std::move(done)(error, std::size_t{0});
        });
    }

  private:
    asio::ssl::stream<asio::ip::tcp::socket&>& layer() override { return tls_; }
    asio::ssl::stream<asio::ip::tcp::socket&> tls_;
};

void require(const error_code& error, const std::string& file) {
    if (error)
        throw std::system_error{std::error_code{EINVAL, std::generic_category()},
                                "cannot use " + file + " for TLS: " + error.message()};
}

class OpenSslTerminator final : public TlsTerminator {
  public:
    explicit OpenSslTerminator(const TlsFiles& files) : context_(asio::ssl::context::tls_server) {
        error_code error;
        context_.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                             asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 |
                             asio::ssl::context::no_tlsv1_1 | SSL_OP_NO_RENEGOTIATION);
        SSL_CTX_set_cipher_list(context_.native_handle(), ciphers);
        context_.use_certificate_chain_file(files.certificate, error);
        require(error, files.certificate);
        context_.use_private_key_file(files.key, asio::ssl::context::pem, error);
        require(error, files.key);
    }
    std::unique_ptr<ByteStream> wrap(std::unique_ptr<TcpSocket> socket) override {
        return std::make_unique<TlsStream>(std::move(socket), context_);
    }

  private:
    asio::ssl::context context_;
};

}  // namespace

std::unique_ptr<TlsTerminator> make_tls_terminator(const TlsFiles& files) {
    return std::make_unique<OpenSslTerminator>(files);
}

}  // namespace vcare::http
