// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> answer(int value) {
    const auto later = [value]() -> boost::asio::awaitable<int> { co_return value; };
    co_return co_await later();
}
