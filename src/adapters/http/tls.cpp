// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/tls.hpp"

#include <system_error>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

namespace vcare::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// Forward secrecy and authenticated encryption only (Mozilla's "intermediate" for TLS 1.2; TLS 1.3 has no
// other).
constexpr const char* ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

class TlsStream final : public ByteStream {
  public:
    TlsStream(std::unique_ptr<TcpSocket> socket, asio::ssl::context& context)
        : tcp_(std::move(socket)), tls_(tcp_->socket, context) {}

    void start_handshake(Done done) override {
        tls_.async_handshake(
            asio::ssl::stream_base::server,
            [done = std::move(done)](error_code error) mutable { std::move(done)(error, std::size_t{0}); });
    }
    void start_read(asio::mutable_buffer into, Done done) override {
        tls_.async_read_some(into, std::move(done));
    }
    void start_write(Buffers from, Done done) override { asio::async_write(tls_, from, std::move(done)); }
    void shutdown_send() noexcept override {
        // The peer sees the end of TCP; whoever must know that an answer is whole has its length.
        error_code ignored;
        tcp_->socket.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    }
    void cancel() noexcept override {
        error_code ignored;
        tcp_->socket.cancel(ignored);
    }
    void close() noexcept override {
        error_code ignored;
        tcp_->socket.close(ignored);
    }
    asio::any_io_executor executor() override { return tcp_->socket.get_executor(); }
    [[nodiscard]] std::string remote_address() const override { return tcp_->peer.to_string(); }

  private:
    std::unique_ptr<TcpSocket> tcp_;
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
