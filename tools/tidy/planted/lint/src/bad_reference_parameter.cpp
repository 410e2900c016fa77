// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<int> twice(const int& value) { co_return 2 * value; }
