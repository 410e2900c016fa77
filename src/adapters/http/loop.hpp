// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unordered_set>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "adapters/http/limits.hpp"
#include "adapters/http/task_group.hpp"
#include "adapters/http/tick_wheel.hpp"
#include "application/ports/clock.hpp"
#include "application/ports/telemetry.hpp"

namespace vcare::http {

class Connection;

/// What one single-threaded event loop has of its own. Everything here is touched on that loop alone.
class Loop {
  public:
    /// `number` tells the loops of a process apart.
    Loop(boost::asio::any_io_executor executor, unsigned number, const Limits& limits,
         application::Clock& clock, application::Telemetry& telemetry);

    [[nodiscard]] unsigned number() const { return number_; }
    [[nodiscard]] const boost::asio::any_io_executor& executor() const { return executor_; }
    [[nodiscard]] const Limits& limits() const { return limits_; }
    [[nodiscard]] application::Telemetry& telemetry() { return telemetry_; }
    [[nodiscard]] application::Clock& clock() { return clock_; }
    [[nodiscard]] TickWheel& wheel() { return wheel_; }
    [[nodiscard]] TaskGroup& tasks() { return tasks_; }

    /// The Date of now, written anew once a second.
    [[nodiscard]] const std::string& date();

    void start();

    /// Idle connections close now, busy ones after their answer.
    void begin_drain();
    [[nodiscard]] bool is_draining() const { return is_draining_; }
    /// Cuts off whatever is left.
    void close_all();
    /// Comes back when every connection is gone. `start` must not be called again.
    [[nodiscard]] Task<void> join();

    void add(Connection& connection) { connections_.insert(&connection); }
    void remove(Connection& connection) { connections_.erase(&connection); }

    /// Whether another request may be worked on; `end_request` follows each that was.
    [[nodiscard]] bool begin_request();
    void end_request() { --requests_; }

  private:
    [[nodiscard]] Task<void> turn_the_wheel();

    boost::asio::any_io_executor executor_;
    unsigned number_;
    const Limits& limits_;
    application::Clock& clock_;
    application::Telemetry& telemetry_;
    TickWheel wheel_;
    TaskGroup tasks_;
    TaskGroup ticking_;
    boost::asio::steady_timer ticker_;
    std::unordered_set<Connection*> connections_;
    std::size_t requests_ = 0;
    bool is_draining_ = false;
    bool is_stopping_ = false;
    std::int64_t date_second_ = -1;
    std::string date_;
};

}  // namespace vcare::http
