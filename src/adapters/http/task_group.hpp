// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "application/task.hpp"

namespace vcare::http {

/// Owns the coroutines of one loop: nothing is spawned but here, and nothing outlives `join`. Used on its
/// loop alone. Destroyed after `join`, or when its loop will never run again.
class TaskGroup {
  public:
    /// `on_failure` is told of an exception that left a task, which is a bug of that task.
    TaskGroup(boost::asio::any_io_executor executor, std::function<void(const char*)> on_failure);
    TaskGroup(const TaskGroup&) = delete;

    void spawn(Task<void> task);
    /// Comes back when every task is done.
    [[nodiscard]] Task<void> join();
    [[nodiscard]] std::size_t size() const { return running_; }

  private:
    void note_end(std::exception_ptr failure);

    boost::asio::any_io_executor executor_;
    std::function<void(const char*)> on_failure_;
    std::size_t running_ = 0;
    boost::asio::steady_timer all_done_;
};

}  // namespace vcare::http
