// SPDX-License-Identifier: Apache-2.0
#include "application/side_by_side.hpp"

#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace vcare::application {
namespace {

namespace asio = boost::asio;

/// Writes down its letter, lets the others run, and writes down the same letter in capitals.
Task<void> write(std::string* tale, char letter) {
    tale->push_back(letter);
    co_await asio::post(asio::use_awaitable);
    tale->push_back(static_cast<char>(letter - 'a' + 'A'));
}

Task<void> fall_over(std::string* tale) {
    tale->push_back('!');
    throw std::logic_error{"a bug"};
    co_return;
}

Task<void> wait_for_ever(std::shared_ptr<int> held) {
    asio::steady_timer never{co_await asio::this_coro::executor, asio::steady_timer::time_point::max()};
    co_await never.async_wait(asio::use_awaitable);
    *held = 1;
}

/// What is told in the end, or the exception that came out.
struct Ended {
    bool has_ended = false;
    std::exception_ptr failure = {};
};
Ended run(std::vector<Task<void>> tasks) {
    Ended ended;
    asio::io_context io{1};
    asio::co_spawn(io, side_by_side(std::move(tasks)),
                   [&](std::exception_ptr failure) { ended = {true, std::move(failure)}; });
    io.run();
    return ended;
}

template <class... Tasks>
std::vector<Task<void>> all(Tasks... tasks) {
    std::vector<Task<void>> list;
    (list.push_back(std::move(tasks)), ...);
    return list;
}

TEST(SideBySide, starts_all_in_order_and_waits_for_the_last) {
    std::string tale;
    const Ended ended = run(all(write(&tale, 'a'), write(&tale, 'b'), write(&tale, 'c')));
    EXPECT_TRUE(ended.has_ended);
    EXPECT_EQ(tale, "abcABC");
}

TEST(SideBySide, comes_back_at_once_from_nothing) {
    EXPECT_TRUE(run({}).has_ended);
}

TEST(SideBySide, throws_what_left_a_task_when_the_others_have_ended) {
    std::string tale;
    const Ended ended = run(all(write(&tale, 'a'), fall_over(&tale), write(&tale, 'b')));
    EXPECT_TRUE(ended.has_ended);
    EXPECT_EQ(tale, "a!bAB");
    EXPECT_THROW(std::rethrow_exception(ended.failure), std::logic_error);
}

TEST(SideBySide, goes_with_its_executor_when_nobody_runs_it_any_more) {
    const auto held = std::make_shared<int>(0);
    {
        asio::io_context io{1};
        asio::co_spawn(io, side_by_side(all(wait_for_ever(held), wait_for_ever(held))),
                       [](std::exception_ptr) {});
        io.poll();
        EXPECT_EQ(held.use_count(), 3);
    }
    EXPECT_EQ(held.use_count(), 1) << "nothing is left behind";
    EXPECT_EQ(*held, 0);
}

}  // namespace
}  // namespace vcare::application
