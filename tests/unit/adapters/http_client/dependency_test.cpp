// SPDX-License-Identifier: Apache-2.0
#include "adapters/http_client/dependency.hpp"

#include <gmock/gmock.h>

#include "unit/adapters/fixed_clock.hpp"
#include "unit/adapters/noted_telemetry.hpp"

namespace vcare::http_client {
namespace {

using application::Metric;
using domain::milliseconds;
using testing::ElementsAre;

class DependencyTest : public testing::Test {
  protected:
    void fail_until_open() {
        for (unsigned i = 0; i < CircuitBreaker::failures_to_open; ++i)
            dependency_.tell(false, "timed_out", clock_.now());
    }

    tests::FixedClock clock_;
    tests::NotedTelemetry telemetry_;
    Dependency dependency_{
        "consent", clock_, telemetry_, {.min = milliseconds{1000}, .max = milliseconds{2000}}};
};

TEST_F(DependencyTest, is_left_alone_while_its_circuit_is_open_and_asked_once_after_the_pause) {
    fail_until_open();
    EXPECT_EQ(dependency_.ask(), milliseconds{1000});

    clock_.advance(milliseconds{1000});
    EXPECT_EQ(dependency_.ask(), std::nullopt);
    EXPECT_EQ(dependency_.ask(), milliseconds{1000});

    dependency_.tell(true, "success", clock_.now());
    EXPECT_EQ(dependency_.ask(), std::nullopt);
}

TEST_F(DependencyTest, doubles_the_pause_up_to_its_own_longest) {
    fail_until_open();
    for (int i = 0; i < 3; ++i) {
        clock_.advance(milliseconds{2000});
        ASSERT_EQ(dependency_.ask(), std::nullopt);
        dependency_.tell(false, "refused", clock_.now());
    }
    EXPECT_EQ(dependency_.ask(), milliseconds{2000});
}

TEST_F(DependencyTest, knows_how_the_last_call_went) {
    EXPECT_FALSE(dependency_.health());

    dependency_.tell(false, "timed_out", clock_.now());

    const auto health = dependency_.health();
    ASSERT_TRUE(health);
    EXPECT_FALSE(health->works);
    EXPECT_EQ(health->result, "timed_out");
    EXPECT_EQ(health->checked_at, clock_.now());
}

TEST_F(DependencyTest, tells_operators_how_it_is) {
    fail_until_open();
    EXPECT_EQ(telemetry_.gauges.at(Metric::dependency_up), 0);
    EXPECT_EQ(telemetry_.gauges.at(Metric::circuit_state), 1);

    dependency_.tell(true, "success", clock_.now());
    EXPECT_EQ(telemetry_.gauges.at(Metric::dependency_up), 1);
    EXPECT_EQ(telemetry_.gauges.at(Metric::circuit_state), 0);
    EXPECT_THAT(telemetry_.events, ElementsAre("consent.circuit_opened", "consent.circuit_closed"));
}

}  // namespace
}  // namespace vcare::http_client
