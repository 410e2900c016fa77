// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "adapters/http/loop.hpp"
#include "adapters/http/request_handler.hpp"
#include "adapters/http/server.hpp"
#include "adapters/http/tls.hpp"

namespace vcare::http {

/// Accepts connections on its own loop (the first) and hands them round to all of them. One socket, rather
/// than one a loop with SO_REUSEPORT: a second program on the same port is noticed, and few connections
/// spread evenly.
class Listener {
  public:
    /// Binds and listens; throws `std::system_error` when it cannot, with the address in its text. Without
    /// `tls` connections are plain.
    Listener(const ListenAddress& address, std::vector<Loop*> loops, RequestHandler& handler,
             TlsTerminator* tls = nullptr);

    /// Accepts until `close`. Runs on the first loop, and is spawned there by whoever owns the listener.
    [[nodiscard]] Task<void> run();
    /// On the first loop.
    void close();

    [[nodiscard]] std::uint16_t port() const { return port_; }

  private:
    void serve(boost::asio::ip::tcp::socket socket, Loop& loop);
    /// Counted as long as it is held; shared with the loops that close connections.
    [[nodiscard]] std::shared_ptr<void> take_place();

    std::vector<Loop*> loops_;
    RequestHandler& handler_;
    TlsTerminator* tls_;
    std::shared_ptr<std::atomic<std::size_t>> open_ = std::make_shared<std::atomic<std::size_t>>(0);
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer pause_;
    std::uint16_t port_ = 0;
    std::size_t next_ = 0;
    bool is_closed_ = false;
};

}  // namespace vcare::http
