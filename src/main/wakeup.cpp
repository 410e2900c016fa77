// SPDX-License-Identifier: Apache-2.0
#include "main/wakeup.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace vcare::program {

void Wakeup::wake() {
    if (is_posted_.exchange(true)) return;
    boost::asio::post(executor_, [this] {
        is_posted_ = false;
        is_awake_ = true;
        timer_.cancel();
    });
}

Task<void> Wakeup::wait(std::chrono::milliseconds at_most) {
    if (!is_awake_) {
        timer_.expires_after(at_most);
        co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
    is_awake_ = false;
}

}  // namespace vcare::program
