// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/byte_stream.hpp"

#include <netinet/tcp.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace vcare::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

class TcpStream final : public ByteStream {
  public:
    TcpStream(asio::ip::tcp::socket socket, std::chrono::milliseconds idle_limit)
        : socket_(std::move(socket)) {
        error_code ignored;
        socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
        const auto limit = static_cast<unsigned>(idle_limit.count());
        ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &limit, sizeof limit);
        const auto peer = socket_.remote_endpoint(ignored);
        address_ = peer.address();
    }

    void start_read(asio::mutable_buffer into, Done done) override {
        socket_.async_read_some(into, std::move(done));
    }
    void start_write(Buffers from, Done done) override { asio::async_write(socket_, from, std::move(done)); }
    void shutdown_send() noexcept override {
        error_code ignored;
        socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    }
    void cancel() noexcept override {
        error_code ignored;
        socket_.cancel(ignored);
    }
    void close() noexcept override {
        error_code ignored;
        socket_.close(ignored);
    }
    asio::any_io_executor executor() override { return socket_.get_executor(); }
    [[nodiscard]] std::string remote_address() const override { return address_.to_string(); }

  private:
    asio::ip::tcp::socket socket_;
    asio::ip::address address_;
};

}  // namespace

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

std::unique_ptr<ByteStream> make_tcp_stream(asio::ip::tcp::socket socket,
                                            std::chrono::milliseconds idle_limit) {
    return std::make_unique<TcpStream>(std::move(socket), idle_limit);
}

}  // namespace vcare::http
