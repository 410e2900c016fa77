// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vcare::chaos {

using std::chrono::milliseconds;

/// What can be struck: a process, or the way of one replica to one of them.
enum class Target : std::uint8_t {
    first_replica,
    second_replica,
    postgres,
    nats,
    record,
    consent,
    first_to_postgres,
    first_to_nats,
    first_to_record,
    first_to_consent,
    second_to_postgres,
    second_to_nats,
    second_to_record,
    second_to_consent,
};
inline constexpr std::array processes = {Target::first_replica, Target::second_replica, Target::postgres,
                                         Target::nats,          Target::record,         Target::consent};
inline constexpr std::array ways = {
    Target::first_to_postgres,  Target::first_to_nats,  Target::first_to_record,  Target::first_to_consent,
    Target::second_to_postgres, Target::second_to_nats, Target::second_to_record, Target::second_to_consent};

/// The first two strike a process, the others a way.
enum class Kind : std::uint8_t {
    kill,      ///< SIGKILL; it starts again when the fault is over
    pause,     ///< SIGSTOP; SIGCONT when the fault is over
    cut,       ///< connections are reset, and refused until the fault is over
    stall,     ///< connections stay, and nothing passes until the fault is over
    delay,     ///< everything comes later, by `degree` ms
    throttle,  ///< nothing is quicker than `degree` bytes a second
    corrupt,   ///< bytes come as others; not on the way to NATS
};

/// What can happen to it.
[[nodiscard]] std::span<const Kind> kinds_for(Target target);

struct Fault {
    Target target{};
    Kind kind{};
    milliseconds begins{0};  ///< after the round did
    milliseconds lasts{0};
    std::uint32_t degree = 0;

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
/// `kill PostgreSQL at 300 ms for 1200 ms; …`
[[nodiscard]] std::string describe(const Round& round);

}  // namespace vcare::chaos
