// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <string>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "application/task.hpp"

namespace vcare::http {

/// A connection as bytes, whatever carries them. Belongs to one loop and is used on it alone; at most one
/// read and one write run at a time.
class ByteStream {
  public:
    using Done = boost::asio::any_completion_handler<void(boost::system::error_code, std::size_t)>;
    using Buffers = std::array<boost::asio::const_buffer, 2>;

    virtual ~ByteStream() = default;

    /// Whatever has to happen before the first byte of a request; at once for plain TCP.
    virtual void start_handshake(Done done) = 0;
    /// Some bytes, at least one; an error at the end of the stream.
    virtual void start_read(boost::asio::mutable_buffer into, Done done) = 0;
    /// All of the bytes, in this order.
    virtual void start_write(Buffers from, Done done) = 0;
    /// Tells the peer, behind all that was written, that no more will be sent; the peer may still send. Over
    /// TLS it is done when the peer has said the same, which may be never: the caller sets a limit.
    virtual void start_finish(Done done) = 0;
    /// What is under way completes with an error; the stream can still be used.
    virtual void cancel() noexcept = 0;
    /// Ends everything; what is under way completes with an error.
    virtual void close() noexcept = 0;

    [[nodiscard]] virtual boost::asio::any_io_executor executor() = 0;
    [[nodiscard]] virtual const std::string& remote_address() const = 0;

    struct Moved {
        boost::system::error_code error;
        std::size_t size = 0;
    };
    /// The same for coroutines. The stream must live until they are done.
    [[nodiscard]] Task<Moved> handshake();
    [[nodiscard]] Task<Moved> read_some(boost::asio::mutable_buffer into);
    [[nodiscard]] Task<Moved> write(Buffers from);
    [[nodiscard]] Task<Moved> finish();
};

/// An accepted socket with what it holds as long as it is open: its place among the connections allowed.
struct TcpSocket {
    /// `silence_limit`: how long the peer's host may leave bytes unacknowledged before the connection counts
    /// as broken (a heartbeat is what notices a peer that vanished).
    TcpSocket(boost::asio::ip::tcp::socket accepted, std::chrono::milliseconds silence_limit,
              std::shared_ptr<void> place);

    boost::asio::ip::tcp::socket socket;
    std::string peer;  ///< its address

  private:
    std::shared_ptr<void> place_;
};

[[nodiscard]] std::unique_ptr<ByteStream> make_tcp_stream(std::unique_ptr<TcpSocket> socket);

}  // namespace vcare::http
