// SPDX-License-Identifier: Apache-2.0
// simulate [--seed N] [--visits N] [--planted NAME]: runs one seed and says what became of it.
#include <chrono>
#include <cstdio>
#include <string_view>

#include "simulation/simulation.hpp"
#include "support/read_number.hpp"

namespace {

using namespace vcare::simulation;
using vcare::support::read_number;

constexpr int usage_error = 2;

bool read_options(int count, char** arguments, RunOptions& options) {
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string_view name = arguments[i];
        const std::string_view value = arguments[i + 1];
        if (name == "--seed" && read_number(value, options.seed)) continue;
        if (name == "--visits" && read_number(value, options.visits)) continue;
        const auto planted = vcare::domain::parse_wire<Planted>(value);
        if (name != "--planted" || !planted) return false;
        options.planted = *planted;
    }
    return count % 2 == 1;
}

}  // namespace

int main(int count, char** arguments) {
    RunOptions options{.visits = 1000};
    if (!read_options(count, arguments, options)) {
        std::fprintf(stderr, "usage: simulate [--seed N] [--visits N] [--planted NAME]\n");
        return usage_error;
    }
    const auto began = std::chrono::steady_clock::now();
    const Report report = run(options);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const auto& tally = report.tally;
    std::printf(
        "seed %llu: %u visits booked, %u refused, %u joins, %u admissions, %u lives, %.1f h simulated in "
        "%.1f s, trace %016llx\n",
        static_cast<unsigned long long>(options.seed), tally.booked, tally.refused, tally.joined,
        tally.admitted, report.lives, static_cast<double>(report.simulated.count()) / 3.6e6, took.count(),
        static_cast<unsigned long long>(report.trace_hash));
    if (!report.broken) return 0;
    std::printf("broken: %s at %s: %s\nagain: %s\n", report.broken->checker.c_str(),
                vcare::domain::to_rfc3339(report.broken->at).c_str(), report.broken->what.c_str(),
                command_to_replay(options).c_str());
    return 1;
}
