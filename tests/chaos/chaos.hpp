// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>

#include "chaos/checkers/checker.hpp"

namespace vcare::chaos {

struct RunOptions {
    std::uint64_t seed = 1;
    unsigned rounds = 4;
    /// Where the logs of both replicas are left when something is broken; empty: nowhere.
    std::filesystem::path logs = {};
    /// Told what happens, a line at a time.
    std::function<void(const std::string&)> say = [](const std::string&) {};
};

struct Report {
    std::vector<Broken> broken;  ///< empty: everything held
    unsigned rounds = 0;         ///< that were held
    int commands = 0;            ///< acknowledged
    std::size_t sessions = 0;
    std::size_t encounters = 0;
    std::size_t events = 0;  ///< in the stream
};

/// Runs a seed: in every round load under the faults of its plan, then without any until everybody has an
/// answer; then it is looked whether all is as it must be. Stops behind the first round in which it is not.
/// Behind the last one, everything owed must be paid as well.
[[nodiscard]] Report run(const RunOptions& options);

/// The one command that runs it again.
[[nodiscard]] std::string command_to_replay(const RunOptions& options);

/// Every finding, and that command.
[[nodiscard]] std::string tale_of(const RunOptions& options, const Report& report);

}  // namespace vcare::chaos
