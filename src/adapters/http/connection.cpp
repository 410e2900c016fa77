// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/connection.hpp"

#include <array>
#include <exception>
#include <optional>

#include "adapters/http/live/stream_opening.hpp"
#include "adapters/http/response_writer.hpp"

namespace vcare::http {
namespace {

constexpr std::size_t read_size = std::size_t{4} * 1024;
constexpr std::size_t read_size_in_body = std::size_t{32} * 1024;
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

// How much of a refused request is still taken and thrown away: a connection closed with bytes unread is
// reset, and the client would lose the answer that says what was wrong.
constexpr std::size_t max_lingering_bytes = std::size_t{8} * 1024 * 1024;
constexpr std::chrono::seconds max_lingering{2};

boost::asio::const_buffer buffer_of(std::string_view bytes) {
    return {bytes.data(), bytes.size()};
}

}  // namespace

Connection::Connection(Loop& loop, RequestHandler& handler, std::unique_ptr<ByteStream> stream)
    : loop_(loop), handler_(handler), stream_(std::move(stream)), reader_(loop.limits()) {
    loop_.add(*this);
}

Connection::~Connection() {
    loop_.remove(*this);
}

Task<void> Connection::serve(std::unique_ptr<Connection> connection) {
    const bool is_met = co_await connection->shake_hands();
    if (is_met) co_await connection->serve_requests();
    if (is_met) co_await connection->say_goodbye();
    connection->close();
}

Task<void> Connection::turn_away(std::unique_ptr<Connection> connection) {
    const domain::Error too_many{.code = domain::ErrorCode::rate_limited,
                                 .retry_after = std::chrono::seconds{1}};
    if (co_await connection->shake_hands()) co_await connection->send_refusal(too_many);
    connection->close();
}

Task<bool> Connection::shake_hands() {
    wait(Waiting::for_the_client, loop_.limits().to_send_a_request);
    const auto done = co_await stream_->handshake();
    disarm();
    waiting_ = Waiting::for_nothing;
    co_return !done.error && !is_closed_;
}

void Connection::close_if_idle() {
    // The read fails, and the connection ends as any other.
    const bool is_idle = waiting_ == Waiting::for_a_request && reader_.is_between_requests();
    if (is_idle && stream_) stream_->cancel();
}

void Connection::close() {
    is_closed_ = true;
    if (stream_) stream_->close();
}

void Connection::wait(Waiting what, std::chrono::milliseconds at_most) {
    waiting_ = what;
    loop_.wheel().arm(*this, at_most);
}

void Connection::due() {
    const bool is_reading = waiting_ == Waiting::for_a_request || waiting_ == Waiting::for_the_rest;
    if (!is_reading) return close();
    is_late_ = waiting_ == Waiting::for_the_rest;
    stream_->cancel();
}

Task<void> Connection::serve_requests() {
    while (!is_closed_) {
        if (!co_await read_request()) co_return;
        auto request = reader_.take_request();
        const bool is_head = request.method == "HEAD";
        const bool client_keeps_alive = request.keeps_alive;
        auto response = co_await answer(std::move(request));
        const bool keeps_alive = client_keeps_alive && !response.closes && !loop_.is_draining();
        const bool was_sent = co_await send(std::move(response), is_head, keeps_alive);
        if (!was_sent || !keeps_alive || loop_.is_draining()) co_return;
    }
}

Task<bool> Connection::read_request() {
    wait(Waiting::for_a_request, loop_.limits().between_requests);
    while (true) {
        const auto step = reader_.advance();
        if (step == RequestReader::Step::have_request) {
            waiting_ = Waiting::for_nothing;
            disarm();
            co_return true;
        }
        if (step == RequestReader::Step::refused) {
            co_await send_refusal(reader_.refusal());
            co_return false;
        }
        if (step == RequestReader::Step::have_head) {
            reader_.allow_body(reader_.has_body() ? handler_.max_body_bytes(reader_.head()) : 0);
            if (reader_.expects_continue()) {
                const auto sent = co_await stream_->write({buffer_of(go_on), {}});
                if (sent.error) co_return false;
            }
            continue;
        }
        const bool has_begun = !reader_.is_between_requests();
        if (has_begun && waiting_ == Waiting::for_a_request)
            wait(Waiting::for_the_rest, loop_.limits().to_send_a_request);
        if (!co_await read_more()) co_return false;
    }
}

Task<bool> Connection::read_more() {
    const auto room = reader_.prepare(reader_.is_in_body() ? read_size_in_body : read_size);
    const auto read = co_await stream_->read_some({room.data(), room.size()});
    if (is_late_ && !is_closed_) {
        co_await send_refusal({.code = domain::ErrorCode::request_timeout});
        co_return false;
    }
    if (read.error) co_return false;
    reader_.commit(read.size);
    co_return true;
}

Task<Response> Connection::answer(Request request) {
    if (!loop_.begin_request())
        co_return handler_.refuse(
            {.code = domain::ErrorCode::rate_limited, .retry_after = std::chrono::seconds{1}});
    request.remote_address = stream_->remote_address();
    std::optional<Response> response;
    std::string problem;
    try {
        response = co_await handler_.answer(&loop_, std::move(request));
    } catch (const std::exception& exception) {
        problem = exception.what();
    }
    loop_.end_request();
    if (response) co_return std::move(*response);
    loop_.telemetry().log(application::Severity::error, "http.request_failed", {{"problem", problem}});
    co_return handler_.refuse({.code = domain::ErrorCode::internal_error});
}

Task<bool> Connection::send(Response response, bool is_head, bool keeps_alive) {
    wait(Waiting::for_the_client, loop_.limits().to_take_an_answer);
    const bool becomes_stream = response.stream && !is_head;
    const auto follows = response.stream ? BodyFollows::as_stream
                         : is_head       ? BodyFollows::never
                                         : BodyFollows::with_length;
    const auto head = head_of(response, follows, keeps_alive, loop_.date());
    const auto body = follows == BodyFollows::with_length ? response.bytes() : std::string_view{};
    const auto sent = co_await stream_->write({buffer_of(head), buffer_of(body)});
    disarm();
    waiting_ = Waiting::for_nothing;
    if (sent.error || is_closed_) co_return false;
    if (!becomes_stream) co_return true;
    response.stream->open(std::move(stream_));
    is_closed_ = true;
    co_return false;
}

Task<void> Connection::send_refusal(domain::Error error) {
    is_late_ = false;
    if (co_await send(handler_.refuse(error), false, false)) co_await linger();
}

/// Says that nothing more comes, and waits a little for the client to say the same where that is the custom.
Task<void> Connection::say_goodbye() {
    if (!stream_ || is_closed_ || std::exchange(has_said_goodbye_, true)) co_return;
    wait(Waiting::for_the_client, max_lingering);
    static_cast<void>(co_await stream_->finish());
    disarm();
}

Task<void> Connection::linger() {
    co_await say_goodbye();
    wait(Waiting::for_the_client, max_lingering);
    std::array<char, read_size> thrown_away{};
    std::size_t total = 0;
    while (total < max_lingering_bytes && !is_closed_) {
        const auto read = co_await stream_->read_some(boost::asio::buffer(thrown_away));
        if (read.error) break;
        total += read.size;
    }
    disarm();
}

}  // namespace vcare::http
