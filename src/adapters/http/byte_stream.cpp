// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/byte_stream.hpp"

#include <netinet/tcp.h>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "adapters/http/socket_stream.hpp"

namespace vcare::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

class TcpStream final : public SocketStream<asio::ip::tcp::socket> {
  public:
    using SocketStream::SocketStream;

    void start_handshake(Done done) override { complete(std::move(done)); }
    void start_finish(Done done) override {
        shutdown_send();
        complete(std::move(done));
    }

  private:
    asio::ip::tcp::socket& layer() override { return socket(); }
    void complete(Done done) {
        asio::post(executor(),
                   [done = std::move(done)]() mutable { std::move(done)(error_code{}, std::size_t{0}); });
    }
};

}  // namespace

TcpSocket::TcpSocket(asio::ip::tcp::socket accepted, std::chrono::milliseconds silence_limit,
                     std::shared_ptr<void> place)
    : socket(std::move(accepted)), place_(std::move(place)) {
    error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay{true}, ignored);
    const auto limit = static_cast<unsigned>(silence_limit.count());
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &limit, sizeof limit);
    peer = socket.remote_endpoint(ignored).address().to_string();
}

Task<ByteStream::Moved> ByteStream::handshake() {
    Moved moved;
    auto token = asio::redirect_error(asio::use_awaitable, moved.error);
    moved.size = co_await asio::async_initiate<decltype(token), void(error_code, std::size_t)>(
        [](auto handler, ByteStream* stream) { stream->start_handshake(std::move(handler)); }, token, this);
    co_return moved;
}

Task<ByteStream::Moved> ByteStream::finish() {
    Moved moved;
    auto token = asio::redirect_error(asio::use_awaitable, moved.error);
    moved.size = co_await asio::async_initiate<decltype(token), void(error_code, std::size_t)>(
        [](auto handler, ByteStream* stream) { stream->start_finish(std::move(handler)); }, token, this);
    co_return moved;
}

Task<ByteStream::Moved> ByteStream::read_some(asio::mutable_buffer into) {
    Moved moved;
    auto token = asio::redirect_error(asio::use_awaitable, moved.error);
    moved.size = co_await asio::async_initiate<decltype(token), void(error_code, std::size_t)>(
        [](auto handler, ByteStream* stream, asio::mutable_buffer buffer) {
            stream->start_read(buffer, std::move(handler));
        },
        token, this, into);
    co_return moved;
}

Task<ByteStream::Moved> ByteStream::write(Buffers from) {
    Moved moved;
    auto token = asio::redirect_error(asio::use_awaitable, moved.error);
    moved.size = co_await asio::async_initiate<decltype(token), void(error_code, std::size_t)>(
        [](auto handler, ByteStream* stream, Buffers buffers) {
            stream->start_write(buffers, std::move(handler));
        },
        token, this, from);
    co_return moved;
}

std::unique_ptr<ByteStream> make_tcp_stream(std::unique_ptr<TcpSocket> socket) {
    return std::make_unique<TcpStream>(std::move(socket));
}

}  // namespace vcare::http
