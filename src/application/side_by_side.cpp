// SPDX-License-Identifier: Apache-2.0
#include "application/side_by_side.hpp"

#include <exception>
#include <functional>
#include <memory>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace vcare::application {
namespace {

namespace asio = boost::asio;

/// Shared by the tasks of one call. Whoever is dropped with its executor drops its share, and the last one
/// the caller that waits.
struct Countdown {
    asio::any_io_executor executor;
    std::size_t running = 0;
    std::move_only_function<void(std::exception_ptr)> caller;
    std::exception_ptr failure = {};
};

void note_end(Countdown& countdown, std::exception_ptr failure) {
    if (failure && !countdown.failure) countdown.failure = std::move(failure);
    if (--countdown.running > 0) return;
    asio::post(countdown.executor, [caller = std::move(countdown.caller),
                                    failed = std::move(countdown.failure)]() mutable { caller(failed); });
}

}  // namespace

Task<void> side_by_side(std::vector<Task<void>> tasks) {
    if (tasks.empty()) co_return;
    const auto executor = co_await asio::this_coro::executor;
    auto start = [executor, tasks = std::move(tasks)](auto caller) mutable {
        const auto countdown =
            std::make_shared<Countdown>(Countdown{executor, tasks.size(), std::move(caller)});
        for (Task<void>& task : tasks) {
            asio::co_spawn(executor, std::move(task), [countdown](std::exception_ptr failure) {
                note_end(*countdown, std::move(failure));
            });
        }
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
        std::move(start), asio::use_awaitable);
}

}  // namespace vcare::application
