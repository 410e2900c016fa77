// SPDX-License-Identifier: Apache-2.0
#include <mutex>

#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> answer(std::mutex* mutex, boost::asio::awaitable<int> next) {
    const std::lock_guard lock{*mutex};
    co_return co_await std::move(next);
}
