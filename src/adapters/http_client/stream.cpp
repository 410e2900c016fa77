// SPDX-License-Identifier: Apache-2.0
#include "adapters/http_client/stream.hpp"

#include <cerrno>

#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace vcare::http_client {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

class PlainStream final : public Stream {
  public:
    explicit PlainStream(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}

    void start_handshake(Done done) override {
        asio::post(socket_.get_executor(),
                   [done = std::move(done)]() mutable { std::move(done)(error_code{}, std::size_t{0}); });
    }
    void start_read(asio::mutable_buffer into, Done done) override {
        socket_.async_read_some(into, std::move(done));
    }
    void start_write(asio::const_buffer from, Done done) override {
        asio::async_write(socket_, asio::buffer(from), std::move(done));
    }
    void close() noexcept override {
        error_code ignored;
        socket_.close(ignored);
    }
    bool is_quiet() override { return http_client::is_quiet(socket_); }

  private:
    asio::ip::tcp::socket socket_;
};

}  // namespace

Task<Stream::Moved> Stream::handshake() {
    Moved moved;
    auto token = asio::redirect_error(asio::use_awaitable, moved.error);
    moved.size = co_await asio::async_initiate<decltype(token), void(error_code, std::size_t)>(
        [](auto handler, Stream* stream) { stream->start_handshake(std::move(handler)); }, token, this);
    co_return moved;
}

Task<Stream::Moved> Stream::read_some(asio::mutable_buffer into) {
    Moved moved;
    auto token = asio::redirect_error(asio::use_awaitable, moved.error);
    moved.size = co_await asio::async_initiate<decltype(token), void(error_code, std::size_t)>(
        [](auto handler, Stream* stream, asio::mutable_buffer buffer) {
            stream->start_read(buffer, std::move(handler));
        },
        token, this, into);
    co_return moved;
}

Task<Stream::Moved> Stream::write(asio::const_buffer from) {
    Moved moved;
    auto token = asio::redirect_error(asio::use_awaitable, moved.error);
    moved.size = co_await asio::async_initiate<decltype(token), void(error_code, std::size_t)>(
        [](auto handler, Stream* stream, asio::const_buffer buffer) {
            stream->start_write(buffer, std::move(handler));
        },
        token, this, from);
    co_return moved;
}

std::unique_ptr<Stream> make_plain_stream(asio::ip::tcp::socket socket) {
    return std::make_unique<PlainStream>(std::move(socket));
}

bool is_quiet(asio::ip::tcp::socket& socket) {
    char next = 0;
    const auto got = ::recv(socket.native_handle(), &next, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && errno == EAGAIN;
}

}  // namespace vcare::http_client
