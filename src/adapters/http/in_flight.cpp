// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/in_flight.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace vcare::http {

void InFlight::Waiter::post(Waiter waiter) {
    boost::asio::post(waiter.executor,
                      [resume = std::move(waiter.resume)]() mutable { std::move(resume)(); });
}

Task<InFlight::Turn> InFlight::enter(std::string key) {
    const auto executor = co_await boost::asio::this_coro::executor;
    auto token = boost::asio::use_awaitable;
    co_await boost::asio::async_initiate<decltype(token), void()>(
        [](auto handler, InFlight* self, boost::asio::any_io_executor own_loop, const std::string* wanted) {
            Waiter waiter{std::move(own_loop), std::move(handler)};
            // Posted even when it may go at once: an initiation must not complete within itself.
            if (self->wait_or_go(*wanted, waiter)) Waiter::post(std::move(waiter));
        },
        token, this, executor, &key);
    co_return Turn{*this, std::move(key)};
}

bool InFlight::wait_or_go(const std::string& key, Waiter& waiter) {
    const std::lock_guard lock{mutex_};
    const auto [entry, is_first] = waiting_.try_emplace(key);
    if (!is_first) entry->second.push_back(std::move(waiter));
    return is_first;
}

void InFlight::pass_on(const std::string& key) {
    // Made anew and not assigned: assignment of this handler never ends in Boost 1.81.
    std::optional<Waiter> next;
    {
        const std::lock_guard lock{mutex_};
        const auto entry = waiting_.find(key);
        if (entry == waiting_.end()) return;
        if (entry->second.empty()) {
            waiting_.erase(entry);
            return;
        }
        next.emplace(std::move(entry->second.front()));
        entry->second.pop_front();
    }
    Waiter::post(*std::move(next));
}

}  // namespace vcare::http
