// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/tick_wheel.hpp"

#include <memory>

#include <gtest/gtest.h>

namespace vcare::http {
namespace {

using namespace std::chrono_literals;

class Alarm final : public TickWheel::Entry {
  public:
    int rings = 0;

  private:
    void due() override { ++rings; }
};

void turn(TickWheel& wheel, std::chrono::milliseconds time) {
    for (auto passed = 0ms; passed < time; passed += TickWheel::tick) wheel.turn();
}

TEST(TickWheel, rings_once_and_not_before_its_time) {
    TickWheel wheel;
    Alarm alarm;
    wheel.arm(alarm, 15s);

    turn(wheel, 15s);
    EXPECT_EQ(alarm.rings, 0);

    turn(wheel, 2 * TickWheel::tick);
    EXPECT_EQ(alarm.rings, 1);
    turn(wheel, 300s);
    EXPECT_EQ(alarm.rings, 1);
}

TEST(TickWheel, keeps_a_deadline_that_lies_rounds_ahead) {
    TickWheel wheel;
    Alarm alarm;
    wheel.arm(alarm, 600s);

    turn(wheel, 600s);
    EXPECT_EQ(alarm.rings, 0);
    turn(wheel, 1s);
    EXPECT_EQ(alarm.rings, 1);
}

TEST(TickWheel, forgets_the_deadline_before_when_armed_again) {
    TickWheel wheel;
    Alarm alarm;
    wheel.arm(alarm, 1s);
    wheel.arm(alarm, 10s);

    turn(wheel, 5s);
    EXPECT_EQ(alarm.rings, 0);
    turn(wheel, 6s);
    EXPECT_EQ(alarm.rings, 1);
}

TEST(TickWheel, lets_an_entry_leave_by_being_destroyed) {
    TickWheel wheel;
    auto first = std::make_unique<Alarm>();
    Alarm second;
    wheel.arm(*first, 1s);
    wheel.arm(second, 1s);

    first.reset();
    turn(wheel, 2s);

    EXPECT_EQ(second.rings, 1);
}

TEST(TickWheel, lets_an_entry_arm_itself_from_within) {
    struct Heartbeat final : TickWheel::Entry {
        explicit Heartbeat(TickWheel& wheel_) : wheel(wheel_) {}
        void due() override {
            ++beats;
            wheel.arm(*this, 15s);
        }
        TickWheel& wheel;
        int beats = 0;
    };
    TickWheel wheel;
    Heartbeat heartbeat{wheel};
    wheel.arm(heartbeat, 15s);

    turn(wheel, 155s);

    EXPECT_EQ(heartbeat.beats, 10);
}

}  // namespace
}  // namespace vcare::http
