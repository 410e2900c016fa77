// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "application/task.hpp"

namespace vcare::program {

/// Lets any thread rouse a coroutine that waits on its own event loop. Several calls before it wakes are
/// one; a call while nobody waits is remembered for the next wait.
class Wakeup {
  public:
    explicit Wakeup(const boost::asio::any_io_executor& executor) : executor_(executor), timer_(executor) {}

    /// From any thread; this object must outlive what is posted, so it goes after its loop has ended.
    void wake();

    /// On the loop, by one coroutine at a time: comes back when woken, at the latest after `at_most`.
    [[nodiscard]] Task<void> wait(std::chrono::milliseconds at_most);

  private:
    boost::asio::any_io_executor executor_;
    boost::asio::steady_timer timer_;
    std::atomic<bool> is_posted_ = false;
    bool is_awake_ = false;
};

}  // namespace vcare::program
