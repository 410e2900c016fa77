// SPDX-License-Identifier: Apache-2.0
#include "adapters/video/reachability.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace vcare::video {
namespace {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using asio::ip::tcp;
using asio::ip::udp;
using boost::system::error_code;

constexpr std::size_t datagram_bytes_max = 1500;
constexpr std::size_t addresses_max = 4;

/// How long to wait after each sending of a request (RFC 5389, section 7.2.1, cut at the deadline).
constexpr std::array retransmission_waits = {domain::milliseconds{500}, domain::milliseconds{1000},
                                             domain::milliseconds{500}};

/// What is known so far. Probes own it together with whoever asks, because a name server that is away holds
/// a probe for longer than anybody waits.
struct Survey {
    explicit Survey(const asio::any_io_executor& executor) : settled(executor, answer_deadline) {}
    asio::steady_timer settled;  ///< cancelled when one answered or nobody is asked any more
    unsigned probes = 0;
    bool answered = false;
};
using SharedSurvey = std::shared_ptr<Survey>;

void start(const SharedSurvey& survey, Task<bool> probe) {
    ++survey->probes;
    asio::co_spawn(survey->settled.get_executor(), std::move(probe),
                   [survey](const std::exception_ptr& thrown, bool answered) {
                       --survey->probes;
                       if (!thrown && answered) survey->answered = true;
                       if (survey->answered || survey->probes == 0) survey->settled.cancel();
                   });
}

Task<bool> receive_answer(udp::socket* socket, StunTransaction transaction) {
    std::array<std::byte, datagram_bytes_max> datagram{};
    for (;;) {
        error_code failed;
        const std::size_t length = co_await socket->async_receive(
            asio::buffer(datagram), asio::redirect_error(asio::use_awaitable, failed));
        if (failed) co_return false;
        if (is_binding_answer(std::span{datagram}.first(length), transaction)) co_return true;
    }
}

Task<bool> answers_stun(udp::endpoint server, StunTransaction transaction) {
    udp::socket socket{co_await asio::this_coro::executor};
    asio::steady_timer patience{socket.get_executor()};
    error_code failed;
    socket.open(server.protocol(), failed);
    if (!failed) socket.connect(server, failed);
    if (failed) co_return false;

    const StunRequest request = make_binding_request(transaction);
    for (const auto wait : retransmission_waits) {
        co_await socket.async_send(asio::buffer(request), asio::redirect_error(asio::use_awaitable, failed));
        if (failed) co_return false;
        patience.expires_after(wait);
        const auto first = co_await (receive_answer(&socket, transaction) ||
                                     patience.async_wait(asio::redirect_error(asio::use_awaitable, failed)));
        if (first.index() == 0) co_return std::get<0>(first);
    }
    co_return false;
}

Task<bool> accepts_connections(tcp::endpoint server) {
    tcp::socket socket{co_await asio::this_coro::executor};
    asio::steady_timer patience{socket.get_executor(), answer_deadline};
    error_code failed;
    error_code cancelled;
    const auto first =
        co_await (socket.async_connect(server, asio::redirect_error(asio::use_awaitable, failed)) ||
                  patience.async_wait(asio::redirect_error(asio::use_awaitable, cancelled)));
    co_return first.index() == 0 && !failed;
}

/// Starts a probe for every address of the server; answers nothing itself.
Task<bool> probe_every_address(SharedSurvey survey, IceUrl server, StunTransaction transaction) {
    error_code unknown;
    // TCP's resolver for both: names and ports have the same numbers.
    tcp::resolver resolver{survey->settled.get_executor()};
    const auto addresses =
        co_await resolver.async_resolve(server.host, server.port, tcp::resolver::numeric_service,
                                        asio::redirect_error(asio::use_awaitable, unknown));
    std::size_t started = 0;
    for (const auto& entry : addresses) {
        if (++started > addresses_max) break;
        const tcp::endpoint endpoint = entry.endpoint();
        start(survey, server.transport == IceTransport::tcp
                          ? accepts_connections(endpoint)
                          : answers_stun(udp::endpoint{endpoint.address(), endpoint.port()}, transaction));
    }
    co_return false;
}

}  // namespace

Task<bool> one_answers(std::vector<IceUrl> servers, StunTransaction transaction) {
    const auto survey = std::make_shared<Survey>(co_await asio::this_coro::executor);
    for (IceUrl& server : servers) start(survey, probe_every_address(survey, std::move(server), transaction));
    error_code settled;
    co_await survey->settled.async_wait(asio::redirect_error(asio::use_awaitable, settled));
    co_return survey->answered;
}

}  // namespace vcare::video
