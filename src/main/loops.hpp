// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "application/task.hpp"

namespace vcare::program {

// A task whose result need not have a default.
template <class T>
Task<void> put_result(Task<T> task, std::optional<T>* result) {
    result->emplace(co_await std::move(task));
}

/// Runs a task to its end on a loop that nobody else runs at the moment, in this thread.
template <class T>
[[nodiscard]] T run_to_end(boost::asio::io_context& loop, Task<T> task) {
    std::optional<T> result;
    std::exception_ptr failure;
    const auto guard = boost::asio::make_work_guard(loop);
    boost::asio::co_spawn(loop, put_result(std::move(task), &result), [&](std::exception_ptr thrown) {
        failure = thrown;
        loop.stop();
    });
    loop.restart();
    loop.run();
    loop.restart();
    if (failure) std::rethrow_exception(failure);
    return std::move(*result);
}

/// The event loops of the process, one thread each. The first one belongs to the thread that calls `run`.
class Loops {
  public:
    /// 0: one per core.
    explicit Loops(unsigned count);
    ~Loops();
    Loops(const Loops&) = delete;
    Loops& operator=(const Loops&) = delete;

    [[nodiscard]] boost::asio::io_context& first() { return *loops_.front(); }
    [[nodiscard]] std::vector<boost::asio::any_io_executor> executors();

    /// Runs all of them until `stop`; the first in this thread.
    void run();
    /// From any thread. What still waits is dropped.
    void stop();

  private:
    std::vector<std::unique_ptr<boost::asio::io_context>> loops_;
    std::vector<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> guards_;
    std::vector<std::thread> threads_;
};

}  // namespace vcare::program
