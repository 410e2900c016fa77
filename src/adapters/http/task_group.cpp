// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/task_group.hpp"

#include <exception>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace vcare::http {

TaskGroup::TaskGroup(boost::asio::any_io_executor executor, std::function<void(const char*)> on_failure)
    : executor_(executor),
      on_failure_(std::move(on_failure)),
      all_done_(executor, boost::asio::steady_timer::time_point::max()) {
}

void TaskGroup::spawn(Task<void> task) {
    ++running_;
    boost::asio::co_spawn(executor_, std::move(task),
                          [this](std::exception_ptr failure) { note_end(std::move(failure)); });
}

void TaskGroup::note_end(std::exception_ptr failure) {
    --running_;
    if (running_ == 0) all_done_.cancel();
    if (!failure) return;
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& exception) {
        on_failure_(exception.what());
    } catch (...) {
        on_failure_("something that is no std::exception");
    }
}

Task<void> TaskGroup::join() {
    while (running_ > 0) {
        boost::system::error_code woken;
        co_await all_done_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, woken));
    }
}

}  // namespace vcare::http
