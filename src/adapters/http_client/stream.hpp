// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "adapters/http_client/http_client.hpp"
#include "application/task.hpp"

namespace vcare::http_client {

/// A connection to a server as bytes, whatever carries them. Belongs to one loop and is used on it alone.
class Stream {
  public:
    using Done = boost::asio::any_completion_handler<void(boost::system::error_code, std::size_t)>;

    virtual ~Stream() = default;

    /// Whatever has to happen before the first byte of a request; at once for plain TCP.
    virtual void start_handshake(Done done) = 0;
    /// What a handshake that failed found wrong.
    [[nodiscard]] virtual Failure why_not_shaken() { return Failure::tls; }
    /// Some bytes, at least one. `eof` when the server said that no more will come.
    virtual void start_read(boost::asio::mutable_buffer into, Done done) = 0;
    /// All of the bytes.
    virtual void start_write(boost::asio::const_buffer from, Done done) = 0;
    /// Ends everything; what is under way completes with an error.
    virtual void close() noexcept = 0;
    /// Whether it is open and nothing came that nobody asked for.
    [[nodiscard]] virtual bool is_quiet() = 0;

    struct Moved {
        boost::system::error_code error;
        std::size_t size = 0;
    };
    /// The same for coroutines. The stream must live until they are done.
    [[nodiscard]] Task<Moved> handshake();
    [[nodiscard]] Task<Moved> read_some(boost::asio::mutable_buffer into);
    [[nodiscard]] Task<Moved> write(boost::asio::const_buffer from);
};

[[nodiscard]] std::unique_ptr<Stream> make_plain_stream(boost::asio::ip::tcp::socket socket);

/// Whether the socket is open with nothing to read.
[[nodiscard]] bool is_quiet(boost::asio::ip::tcp::socket& socket);

}  // namespace vcare::http_client
