// SPDX-License-Identifier: Apache-2.0
#include "main/loop_watch.hpp"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

namespace vcare::program {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class NotedLag final : public application::Telemetry {
  public:
    void count(application::Metric, application::Labels, double) override {}
    void observe(application::Metric metric, double value, application::Labels labels) override {
        if (metric != application::Metric::event_loop_lag_seconds) return;
        for (const auto& [name, number] : labels) lag[std::string{name} + " " + std::string{number}] = value;
    }
    void gauge(application::Metric, double, application::Labels) override {}
    void log(application::Severity, std::string_view, std::initializer_list<application::LogField>) override {
    }

    std::map<std::string, double> lag;
};

TEST(LoopWatch, tells_how_long_each_loop_was_kept_from_its_timer) {
    NotedLag told;
    boost::asio::io_context quick{1};
    boost::asio::io_context kept{1};
    LoopWatch watch{{quick.get_executor(), kept.get_executor()}, told, milliseconds{1}};
    watch.start();

    quick.run_one();
    const auto until = steady_clock::now() + milliseconds{30};
    while (steady_clock::now() < until) {
    }
    kept.run_one();

    EXPECT_THAT(told.lag, testing::SizeIs(2));
    EXPECT_GE(told.lag["loop 0"], 0);
    EXPECT_GE(told.lag["loop 1"], 0.029);
}

TEST(LoopWatch, goes_on_with_every_tick) {
    NotedLag told;
    boost::asio::io_context loop{1};
    LoopWatch watch{{loop.get_executor()}, told, milliseconds{1}};
    watch.start();

    for (int tick = 0; tick < 3; ++tick) {
        told.lag.clear();
        loop.run_one();
        EXPECT_THAT(told.lag, testing::SizeIs(1)) << tick;
    }
}

}  // namespace
}  // namespace vcare::program
