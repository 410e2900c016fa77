// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "simulation/checkers/checker.hpp"
#include "simulation/workload.hpp"

namespace vcare::simulation {

struct RunOptions {
    std::uint64_t seed = 1;
    unsigned visits = 100;
    Planted planted = Planted::nothing;
    FaultRates rates = {};
};

struct Report {
    std::optional<Broken> broken = {};
    std::uint64_t trace_hash = 0;
    Workload::Tally tally = {};
    unsigned lives = 0;
    domain::milliseconds simulated{0};
};

/// Runs a seed to its end: the workload under faults, then without any until everything owed is paid. Stops
/// at the first thing that must never happen.
[[nodiscard]] Report run(const RunOptions& options);

/// The one command that runs it again.
[[nodiscard]] std::string command_to_replay(const RunOptions& options);

}  // namespace vcare::simulation
