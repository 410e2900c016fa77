// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/in_flight.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace vcare::http {
namespace {

using testing::ElementsAre;

struct Scene {
    boost::asio::io_context io;
    InFlight in_flight;
    std::vector<std::string> story;
    boost::asio::steady_timer gate{io, boost::asio::steady_timer::time_point::max()};
};

Task<void> work(Scene* scene, std::string key, std::string name, bool waits) {
    const auto turn = co_await scene->in_flight.enter(key);
    scene->story.push_back(name + " begins");
    if (waits) {
        boost::system::error_code opened;
        auto token = boost::asio::redirect_error(boost::asio::use_awaitable, opened);
        co_await scene->gate.async_wait(token);
    }
    scene->story.push_back(name + " ends");
}

void spawn(Scene& scene, std::string key, std::string name, bool waits = false) {
    boost::asio::co_spawn(scene.io, work(&scene, std::move(key), std::move(name), waits),
                          [](const std::exception_ptr& thrown) { ASSERT_FALSE(thrown); });
}

TEST(InFlight, lets_a_duplicate_wait_for_the_first) {
    Scene scene;
    spawn(scene, "k", "first", true);
    spawn(scene, "k", "second");
    spawn(scene, "k", "third");
    scene.io.poll();
    EXPECT_THAT(scene.story, ElementsAre("first begins"));

    scene.gate.cancel();
    scene.io.run();

    EXPECT_THAT(scene.story, ElementsAre("first begins", "first ends", "second begins", "second ends",
                                         "third begins", "third ends"));
}

TEST(InFlight, does_not_hold_back_another_key) {
    Scene scene;
    spawn(scene, "k", "first", true);
    spawn(scene, "other", "second");
    scene.io.poll();
    EXPECT_THAT(scene.story, ElementsAre("first begins", "second begins", "second ends"));
    scene.gate.cancel();
    scene.io.run();
}

TEST(InFlight, lets_the_key_be_used_again) {
    Scene scene;
    spawn(scene, "k", "first");
    scene.io.run();
    scene.io.restart();
    spawn(scene, "k", "second");
    scene.io.run();
    EXPECT_EQ(scene.story.size(), 4U);
}

}  // namespace
}  // namespace vcare::http
