// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "adapters/http_client/http_client.hpp"

namespace vcare::http_client {

/// Calls `due` on its loop when the deadline passes while it lives; never after.
class Watchdog {
  public:
    Watchdog(const boost::asio::any_io_executor& executor, Deadline deadline, std::function<void()> due);
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    [[nodiscard]] bool is_over() const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace vcare::http_client
