// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/write.hpp>

#include "adapters/http/byte_stream.hpp"

namespace vcare::http {

/// What the streams over a socket have in common. `Layer` is what bytes are read from and written to: the
/// socket itself, or what lies on it. For the sources of the streams alone: whoever includes it compiles
/// Asio's operations.
template <class Layer>
class SocketStream : public ByteStream {
  public:
    explicit SocketStream(std::unique_ptr<TcpSocket> socket) : tcp_(std::move(socket)) {}

    void start_read(boost::asio::mutable_buffer into, Done done) override {
        layer().async_read_some(into, std::move(done));
    }
    void start_write(Buffers from, Done done) override {
        boost::asio::async_write(layer(), from, std::move(done));
    }
    void cancel() noexcept override {
        boost::system::error_code ignored;
        socket().cancel(ignored);
    }
    void close() noexcept override {
        boost::system::error_code ignored;
        socket().close(ignored);
    }
    boost::asio::any_io_executor executor() override { return socket().get_executor(); }
    [[nodiscard]] const std::string& remote_address() const override { return tcp_->peer; }

  protected:
    [[nodiscard]] virtual Layer& layer() = 0;
    [[nodiscard]] boost::asio::ip::tcp::socket& socket() { return tcp_->socket; }
    void shutdown_send() noexcept {
        boost::system::error_code ignored;
        socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
    }

  private:
    std::unique_ptr<TcpSocket> tcp_;
};

}  // namespace vcare::http
