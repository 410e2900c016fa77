// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/postgres_pool.hpp"

#include <deque>
#include <optional>

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include "unit/adapters/store/postgres_fixture.hpp"

namespace vcare::store {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// Connections that a test opens by hand.
class ConnectorOfTest final : public Connector {
  public:
    void connect(asio::any_io_executor, Opened opened) override { asked_.push_back(std::move(opened)); }
    void answer(PgHandle handle) {
        const Opened opened = std::move(asked_.front());
        asked_.pop_front();
        opened(std::move(handle));
    }
    [[nodiscard]] std::size_t asked() const { return asked_.size(); }

  private:
    std::deque<Opened> asked_;
};

class PostgresPools : public ::testing::Test {
  protected:
    using Taken = std::expected<PostgresPool::Lease, Failure>;

    void ask(std::deque<std::optional<Taken>>& answers) {
        auto& answer = answers.emplace_back();
        asio::co_spawn(loop(), tests::keep_answer(pool_->take(), &answer), [](const std::exception_ptr&) {});
    }
    PgHandle connect() {
        std::string why;
        return connect_as(database_.url(), app_role, why);
    }
    static void run_what_is_ready() {
        loop().restart();
        loop().poll();
    }
    static void run_until_nobody_waits() {
        loop().restart();
        loop().run();
    }

    PostgresDatabaseOfTest database_;
    ConnectorOfTest connector_;
    std::shared_ptr<PostgresPool> pool_ = std::make_shared<PostgresPool>(
        loop().get_executor(), &connector_, PoolLimits{.connections = 3, .wait = 100ms});
};

TEST_F(PostgresPools, open_connections_side_by_side_and_no_more_than_there_are_places) {
    std::deque<std::optional<Taken>> answers;

    for (int i = 0; i < 5; ++i) ask(answers);
    run_what_is_ready();

    EXPECT_EQ(connector_.asked(), 3U);
    run_until_nobody_waits();
}

TEST_F(PostgresPools, let_nobody_wait_longer_for_a_connection_that_is_being_opened) {
    std::deque<std::optional<Taken>> answers;
    for (int i = 0; i < 5; ++i) ask(answers);

    run_until_nobody_waits();

    for (const auto& answer : answers) {
        ASSERT_TRUE(answer.has_value());
        EXPECT_EQ(answer->error(), Failure::overloaded);
    }
}

TEST_F(PostgresPools, keep_a_connection_that_comes_too_late_for_the_next) {
    std::deque<std::optional<Taken>> answers;
    ask(answers);
    run_until_nobody_waits();

    connector_.answer(connect());
    ask(answers);
    run_until_nobody_waits();

    EXPECT_FALSE(answers[0]->has_value());
    EXPECT_TRUE(answers[1]->has_value());
    EXPECT_EQ(connector_.asked(), 0U);
}

TEST_F(PostgresPools, answer_one_for_each_try_that_failed_and_try_again_for_the_others) {
    std::deque<std::optional<Taken>> answers;
    for (int i = 0; i < 4; ++i) ask(answers);
    run_what_is_ready();

    connector_.answer(nullptr);
    run_what_is_ready();

    EXPECT_EQ(answers[0]->error(), Failure::broken);
    EXPECT_EQ(connector_.asked(), 3U) << "the fourth has the place";
    for (int i = 0; i < 3; ++i) connector_.answer(connect());
    run_until_nobody_waits();
    for (int i = 1; i < 4; ++i) EXPECT_TRUE(answers.at(static_cast<std::size_t>(i))->has_value()) << i;
}

}  // namespace
}  // namespace vcare::store
