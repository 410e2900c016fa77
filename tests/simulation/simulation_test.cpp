// SPDX-License-Identifier: Apache-2.0
#include "simulation/simulation.hpp"

#include <gtest/gtest.h>

namespace vcare::simulation {
namespace {

std::string tale_of(const RunOptions& options, const Report& report) {
    if (!report.broken) return {};
    return report.broken->checker + " at " + domain::to_rfc3339(report.broken->at) + ": " +
           report.broken->what + "\nagain: " + command_to_replay(options);
}

/// A machine that is suspended again and again.
constexpr FaultRates often_suspended{.between_freezes = domain::minutes{12}};

/// A machine whose clock is put right and wrong again and again.
constexpr FaultRates often_wrong{.between_clock_steps = domain::minutes{6}};

constexpr std::uint64_t worlds = 10;

/// Ten worlds of a hundred visits each, so that one seed's luck does not hide anything: where the service is
/// away for hours, hardly a visit takes place.
class Simulation : public ::testing::TestWithParam<std::uint64_t> {
  protected:
    static void SetUpTestSuite() { runs = admitted = 0; }
    static void TearDownTestSuite() {
        const bool is_whole = runs == worlds;  // and no filter left worlds out
        if (is_whole) EXPECT_GT(admitted, 30U * worlds) << "too little took place to mean anything";
    }
    inline static unsigned runs = 0;
    inline static unsigned admitted = 0;
};

TEST_P(Simulation, of_a_hundred_visits_breaks_no_never) {
    const RunOptions options{.seed = GetParam(), .visits = 100};
    const Report report = run(options);
    ++runs;
    admitted += report.tally.admitted;
    EXPECT_FALSE(report.broken.has_value()) << tale_of(options, report);
    EXPECT_GT(report.lives, 2U) << "nothing ever crashed";
}
INSTANTIATE_TEST_SUITE_P(Seeds, Simulation, ::testing::Range<std::uint64_t>(1, worlds + 1));

TEST(SimulationOfASuspendedMachine, breaks_no_never) {
    const RunOptions options{.seed = 1, .visits = 100, .rates = often_suspended};
    const Report report = run(options);
    EXPECT_FALSE(report.broken.has_value()) << tale_of(options, report);
}

TEST(SimulationOfAWrongClock, breaks_no_never) {
    const RunOptions options{.seed = 1, .visits = 100, .rates = often_wrong};
    const Report report = run(options);
    EXPECT_FALSE(report.broken.has_value()) << tale_of(options, report);
}

TEST(SimulationReplay, gives_the_same_trace_for_the_same_seed_and_another_for_another) {
    const Report once = run({.seed = 77, .visits = 20});
    const Report again = run({.seed = 77, .visits = 20});
    const Report other = run({.seed = 78, .visits = 20});
    EXPECT_EQ(once.trace_hash, again.trace_hash);
    EXPECT_NE(once.trace_hash, other.trace_hash);
}

TEST(SimulationReplay, is_told_as_one_command) {
    EXPECT_EQ(command_to_replay({.seed = 5, .visits = 100}), "make simulate SEED=5 VISITS=100");
}

TEST(SimulationWithoutFaults, admits_nearly_everybody_and_breaks_no_never) {
    const RunOptions options{.seed = 3, .visits = 40, .rates = no_faults};
    const Report report = run(options);
    EXPECT_FALSE(report.broken.has_value()) << tale_of(options, report);
    EXPECT_EQ(report.lives, 1U);
}

/// A bug that a change could bring in, and the checker that has to see it.
struct PlantedBug {
    Planted planted;
    std::string checker;
    FaultRates rates = {};
};

class SimulationWithAPlantedBug : public ::testing::TestWithParam<PlantedBug> {};

TEST_P(SimulationWithAPlantedBug, finds_it) {
    const RunOptions options{
        .seed = 1, .visits = 100, .planted = GetParam().planted, .rates = GetParam().rates};
    const Report report = run(options);
    ASSERT_TRUE(report.broken.has_value());
    EXPECT_EQ(report.broken->checker, GetParam().checker) << tale_of(options, report);
}
INSTANTIATE_TEST_SUITE_P(
    Bugs, SimulationWithAPlantedBug,
    ::testing::Values(
        PlantedBug{Planted::event_outside_the_transaction, "every_change_has_its_event_once_in_order"},
        PlantedBug{Planted::event_that_says_too_much, "every_event_fits_its_schema"},
        PlantedBug{Planted::remembered_consent, "never_active_without_consent"},
        PlantedBug{Planted::rooms_left_behind, "never_a_row_without_a_room"},
        PlantedBug{Planted::sweeper_that_trusts_the_clock, "never_closed_by_our_outage"},
        PlantedBug{Planted::sweeper_that_asks_the_time_again, "never_closed_by_our_outage", often_suspended}),
    [](const auto& bug) { return std::string{domain::to_wire(bug.param.planted)}; });

}  // namespace
}  // namespace vcare::simulation
