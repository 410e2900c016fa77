// SPDX-License-Identifier: Apache-2.0
#include "adapters/http_client/connect.hpp"

#include <vector>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "adapters/http_client/watchdog.hpp"

namespace vcare::http_client {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t addresses_max = 4;

/// Shared with the resolver's handler: a name server that is away holds it for longer than anybody waits.
struct Lookup {
    Lookup(const asio::any_io_executor& executor, Deadline deadline)
        : resolver(executor), settled(executor, deadline) {}
    tcp::resolver resolver;
    asio::steady_timer settled;  ///< cancelled when the answer is there
    bool is_done = false;
    std::vector<tcp::endpoint> endpoints;
};

void note(Lookup& lookup, error_code failed, const tcp::resolver::results_type& found) {
    lookup.is_done = true;
    for (const auto& entry : found) {
        if (failed || lookup.endpoints.size() == addresses_max) break;
        lookup.endpoints.push_back(entry.endpoint());
    }
    lookup.settled.cancel();
}

Task<std::expected<std::vector<tcp::endpoint>, Failure>> look_up(std::string host, std::uint16_t port,
                                                                 Deadline deadline) {
    error_code is_name;
    const auto address = asio::ip::make_address(host, is_name);
    if (!is_name) co_return std::vector{tcp::endpoint{address, port}};

    const auto lookup = std::make_shared<Lookup>(co_await asio::this_coro::executor, deadline);
    lookup->resolver.async_resolve(host, std::to_string(port), tcp::resolver::numeric_service,
                                   [lookup](error_code failed, const tcp::resolver::results_type& found) {
                                       note(*lookup, failed, found);
                                   });
    error_code settled;
    co_await lookup->settled.async_wait(asio::redirect_error(asio::use_awaitable, settled));
    lookup->resolver.cancel();
    if (!lookup->is_done) co_return std::unexpected{Failure::timed_out};
    if (lookup->endpoints.empty()) co_return std::unexpected{Failure::refused};
    co_return std::move(lookup->endpoints);
}

}  // namespace

Task<std::expected<tcp::socket, Failure>> connect(std::string host, std::uint16_t port, Deadline deadline) {
    const auto endpoints = co_await look_up(std::move(host), port, deadline);
    if (!endpoints) co_return std::unexpected{endpoints.error()};

    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    Failure failure = Failure::refused;
    for (std::size_t i = 0; i < endpoints->size(); ++i) {
        const auto now = std::chrono::steady_clock::now();
        if (now >= deadline) co_return std::unexpected{Failure::timed_out};
        const auto share = (deadline - now) / static_cast<int>(endpoints->size() - i);

        tcp::socket socket{executor};
        error_code failed;
        {
            const Watchdog watchdog{executor, now + share, [&socket] {
                                        error_code ignored;
                                        socket.close(ignored);
                                    }};
            co_await socket.async_connect(endpoints->at(i),
                                          asio::redirect_error(asio::use_awaitable, failed));
            failure = watchdog.is_over() ? Failure::timed_out : Failure::refused;
        }
        const bool is_connected = !failed && failure != Failure::timed_out;
        if (!is_connected) continue;
        socket.set_option(tcp::no_delay{true}, failed);
        co_return std::move(socket);
    }
    co_return std::unexpected{failure};
}

}  // namespace vcare::http_client
