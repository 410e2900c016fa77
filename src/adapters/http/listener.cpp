// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/listener.hpp"

#include <system_error>

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "adapters/http/connection.hpp"

namespace vcare::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// The kernel completes this many handshakes before the next ones wait; a rush after a restart fits.
constexpr int backlog = 4096;

// After a failed accept (no file descriptors left, say) trying at once would only burn the core.
constexpr std::chrono::milliseconds pause_after_failure{100};

// A peer that leaves a heartbeat unacknowledged for so long is gone.
constexpr std::chrono::milliseconds silence_limit{30'000};

void require(const error_code& error, const ListenAddress& address) {
    if (!error) return;
    throw std::system_error{std::error_code{error.value(), std::generic_category()},
                            fmt::format("cannot listen on {} port {}", address.host, address.port)};
}

tcp::acceptor open_acceptor(const asio::any_io_executor& executor, const ListenAddress& address) {
    error_code error;
    const auto host = asio::ip::make_address(address.host, error);
    require(error, address);
    const tcp::endpoint endpoint{host, address.port};
    tcp::acceptor acceptor{executor};
    acceptor.open(endpoint.protocol(), error);
    require(error, address);
    acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
    acceptor.bind(endpoint, error);
    require(error, address);
    acceptor.listen(backlog, error);
    require(error, address);
    return acceptor;
}

}  // namespace

Listener::Listener(const ListenAddress& address, std::vector<Loop*> loops, RequestHandler& handler,
                   TlsTerminator* tls)
    : loops_(std::move(loops)),
      handler_(handler),
      tls_(tls),
      acceptor_(open_acceptor(loops_.front()->executor(), address)),
      pause_(loops_.front()->executor()) {
    port_ = acceptor_.local_endpoint().port();
}

Task<void> Listener::run() {
    auto& own_loop = *loops_.front();
    while (!is_closed_) {
        auto& loop = *loops_[next_++ % loops_.size()];
        error_code error;
        auto socket = co_await acceptor_.async_accept(loop.executor(),
                                                      asio::redirect_error(asio::use_awaitable, error));
        if (is_closed_) break;
        if (!error) {
            serve(std::move(socket), loop);
            continue;
        }
        own_loop.telemetry().log(application::Severity::warning, "http.accept_failed",
                                 {{"problem", error.message()}});
        pause_.expires_after(pause_after_failure);
        co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
}

std::shared_ptr<void> Listener::take_place() {
    open_->fetch_add(1);
    return {open_.get(), [open = open_](void*) { open->fetch_sub(1); }};
}

void Listener::serve(tcp::socket socket, Loop& loop) {
    const bool is_too_many = open_->load() >= loop.limits().max_connections;
    auto place = take_place();
    // The socket belongs to its own loop from here on.
    asio::post(loop.executor(), [this, &loop, is_too_many, socket = std::move(socket),
                                 place = std::move(place)]() mutable {
        if (loop.is_draining()) return;
        auto tcp_socket = std::make_unique<TcpSocket>(std::move(socket), silence_limit, std::move(place));
        auto stream =
            tls_ == nullptr ? make_tcp_stream(std::move(tcp_socket)) : tls_->wrap(std::move(tcp_socket));
        auto connection = std::make_unique<Connection>(loop, handler_, std::move(stream));
        loop.tasks().spawn(is_too_many ? Connection::turn_away(std::move(connection))
                                       : Connection::serve(std::move(connection)));
    });
}

void Listener::close() {
    is_closed_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
}

}  // namespace vcare::http
