// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vcare::chaos {

using std::chrono::milliseconds;

/// What can be struck.
enum class Target : std::uint8_t { first_replica, second_replica, postgres, nats, record, consent };
inline constexpr std::array targets = {Target::first_replica, Target::second_replica, Target::postgres,
                                       Target::nats,          Target::record,         Target::consent};

enum class Kind : std::uint8_t {
    kill,   ///< SIGKILL; it starts again when the fault is over
    pause,  ///< SIGSTOP; SIGCONT when the fault is over
};

struct Fault {
    Target target{};
    Kind kind{};
    milliseconds begins{0};  ///< after the round did
    milliseconds lasts{0};

    bool operator==(const Fault&) const = default;
};

/// One round of load. Its faults strike different targets, and may be there at the same time.
struct Round {
    std::vector<Fault> faults;
    /// Of a hundred visits of a round, how many are of people who gave no consent, or took it back.
    unsigned refusing_percent = 0;

    bool operator==(const Round&) const = default;
};

/// What goes wrong in a run, and when: a function of the seed and of nothing else. The first rounds of a
/// longer plan are those of a shorter one.
[[nodiscard]] std::vector<Round> plan_of(std::uint64_t seed, unsigned rounds);

[[nodiscard]] std::string_view name_of(Target target);
[[nodiscard]] std::string_view name_of(Kind kind);
/// `kill postgres at 300 ms for 1200 ms; …`
[[nodiscard]] std::string describe(const Round& round);

}  // namespace vcare::chaos
