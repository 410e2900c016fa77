// SPDX-License-Identifier: Apache-2.0
#include "simulation/simulation.hpp"

namespace vcare::simulation {
namespace {

constexpr domain::hours time_to_pay{1};  // the longest pause between two tries is 5 minutes
constexpr domain::hours longest_run{24 * 60};

std::optional<Broken> first_broken(const std::vector<std::unique_ptr<Checker>>& checkers) {
    for (const auto& checker : checkers) {
        if (checker->broken()) return checker->broken();
    }
    return std::nullopt;
}

}  // namespace

Report run(const RunOptions& options) {
    World world{{.seed = options.seed, .planted = options.planted, .rates = options.rates}};
    const auto checkers = all_checkers(world);
    for (const auto& checker : checkers) world.observers().add(checker.get());
    const domain::Instant began = world.now();
    Workload workload{world, options.visits};
    workload.start();

    Report report;
    const auto is_broken = [&] { return (report.broken = first_broken(checkers)).has_value(); };
    const bool moved_on =
        world.run([&] { return is_broken() || workload.is_over() || world.now() > began + longest_run; });
    if (!report.broken && (!moved_on || !workload.is_over()))
        report.broken = Broken{"everybody_gets_an_answer", "the visits do not come to an end", world.now()};
    if (!report.broken) {
        world.end_faults();
        const domain::Instant until = world.now() + time_to_pay;
        (void)world.run([&] { return is_broken() || world.now() >= until; });
    }
    if (!report.broken) {
        for (const auto& checker : checkers) checker->finished();
        report.broken = first_broken(checkers);
    }
    report.trace_hash = world.trace_hash();
    report.tally = workload.tally();
    report.lives = world.lives();
    report.simulated = world.now() - began;
    return report;
}

std::string command_to_replay(const RunOptions& options) {
    std::string command =
        "make simulate SEED=" + std::to_string(options.seed) + " VISITS=" + std::to_string(options.visits);
    if (options.planted != Planted::nothing)
        command += " PLANTED=" + std::string{domain::to_wire(options.planted)};
    return command;
}

}  // namespace vcare::simulation
