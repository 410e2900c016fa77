// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/loop.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "adapters/http/connection.hpp"
#include "adapters/http/response_writer.hpp"

namespace vcare::http {
namespace {

std::function<void(const char*)> reports_to(application::Telemetry& telemetry) {
    return [&telemetry](const char* what) {
        telemetry.log(application::Severity::error, "http.task_failed", {{"problem", what}});
    };
}

}  // namespace

Loop::Loop(boost::asio::any_io_executor executor, unsigned number, const Limits& limits,
           application::Clock& clock, application::Telemetry& telemetry)
    : executor_(executor),
      number_(number),
      limits_(limits),
      clock_(clock),
      telemetry_(telemetry),
      tasks_(executor, reports_to(telemetry)),
      ticking_(executor, reports_to(telemetry)),
      ticker_(executor) {
}

const std::string& Loop::date() {
    const auto second = domain::to_unix_ms(clock_.now()) / 1000;
    if (second != date_second_) {
        date_second_ = second;
        date_ = http_date(second);
    }
    return date_;
}

void Loop::start() {
    ticking_.spawn(turn_the_wheel());
}

Task<void> Loop::turn_the_wheel() {
    auto next = std::chrono::steady_clock::now();
    while (!is_stopping_) {
        next += TickWheel::tick;
        ticker_.expires_at(next);
        boost::system::error_code cancelled;
        co_await ticker_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
        const auto lag = std::chrono::steady_clock::now() - next;
        wheel_.turn();
        // After a long stop the missed ticks are not made up for: a deadline may be late, never early.
        if (lag > TickWheel::tick) next = std::chrono::steady_clock::now();
    }
}

void Loop::begin_drain() {
    is_draining_ = true;
    for (auto* connection : connections_) connection->close_if_idle();
}

void Loop::close_all() {
    for (auto* connection : connections_) connection->close();
}

Task<void> Loop::join() {
    co_await tasks_.join();
    is_stopping_ = true;
    ticker_.cancel();
    co_await ticking_.join();
}

bool Loop::begin_request() {
    if (requests_ >= limits_.max_requests_in_flight) return false;
    ++requests_;
    return true;
}

}  // namespace vcare::http
