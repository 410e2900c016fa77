// SPDX-License-Identifier: Apache-2.0
#include "adapters/system/system.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "unit/adapters/await.hpp"

namespace vcare::system {
namespace {

namespace asio = boost::asio;

Task<bool> wakes_on_the_executor_it_slept_on(application::Clock* clock) {
    const auto before = co_await asio::this_coro::executor;
    co_await clock->wait_for(domain::milliseconds{1});
    const auto after = co_await asio::this_coro::executor;
    co_return before == after;
}

TEST(SystemClock, tells_the_time_of_the_system) {
    const auto clock = make_system_clock();
    const auto before = std::chrono::floor<domain::milliseconds>(std::chrono::system_clock::now());

    const auto now = clock->now();

    EXPECT_GE(now, before);
    EXPECT_LE(now, std::chrono::system_clock::now());
}

TEST(SystemClock, waits_at_least_as_long_as_it_was_asked_to) {
    const auto clock = make_system_clock();
    const auto before = std::chrono::steady_clock::now();

    tests::await(clock->wait_for(domain::milliseconds{20}));

    EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds{20});
}

TEST(SystemClock, comes_back_on_the_executor_of_its_caller) {
    const auto clock = make_system_clock();

    EXPECT_TRUE(tests::await(wakes_on_the_executor_it_slept_on(clock.get())));
}

TEST(SystemClock, comes_back_at_once_when_its_caller_is_cancelled) {
    const auto clock = make_system_clock();
    asio::io_context io;
    asio::cancellation_signal cancel;
    bool is_back = false;
    asio::co_spawn(io, clock->wait_for(domain::hours{1}),
                   asio::bind_cancellation_slot(cancel.slot(), [&](const std::exception_ptr& thrown) {
                       is_back = thrown == nullptr;
                   }));
    io.poll();
    ASSERT_FALSE(is_back);

    cancel.emit(asio::cancellation_type::terminal);
    io.run();

    EXPECT_TRUE(is_back);
}

TEST(SystemRandomness, never_gives_the_same_bytes_again) {
    const auto randomness = make_system_randomness();
    std::set<std::array<std::byte, 16>> seen;

    for (int i = 0; i < 1000; ++i) {
        std::array<std::byte, 16> bytes{};
        randomness->fill(bytes);
        EXPECT_TRUE(seen.insert(bytes).second);
    }
}

}  // namespace
}  // namespace vcare::system
