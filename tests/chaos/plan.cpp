// SPDX-License-Identifier: Apache-2.0
#include "chaos/plan.hpp"

#include <algorithm>

#include "simulation/world/dice.hpp"

namespace vcare::chaos {
namespace {

using simulation::Dice;

constexpr std::uint64_t most_faults = 3;
constexpr milliseconds latest_begin{1500};
constexpr milliseconds shortest{200};
constexpr milliseconds longest{4000};

Fault roll_fault(Dice& dice, Target target) {
    return {.target = target,
            .kind = dice.chance(0.6) ? Kind::kill : Kind::pause,
            .begins = dice.between(milliseconds{0}, latest_begin),
            .lasts = dice.between(shortest, longest)};
}

Round roll_round(Dice& dice) {
    Round round;
    std::vector<Target> left{targets.begin(), targets.end()};
    const std::uint64_t faults = 1 + dice.below(most_faults);
    for (std::uint64_t i = 0; i < faults; ++i) {
        const auto chosen = left.begin() + static_cast<std::ptrdiff_t>(dice.below(left.size()));
        round.faults.push_back(roll_fault(dice, *chosen));
        left.erase(chosen);
    }
    std::ranges::sort(round.faults, {}, &Fault::begins);
    round.refusing_percent = static_cast<unsigned>(10 + dice.below(40));
    return round;
}

}  // namespace

std::vector<Round> plan_of(std::uint64_t seed, unsigned rounds) {
    Dice dice{seed};
    std::vector<Round> plan;
    for (unsigned i = 0; i < rounds; ++i) plan.push_back(roll_round(dice));
    return plan;
}

std::string_view name_of(Target target) {
    switch (target) {
        case Target::first_replica:
            return "the first replica";
        case Target::second_replica:
            return "the second replica";
        case Target::postgres:
            return "PostgreSQL";
        case Target::nats:
            return "NATS";
        case Target::record:
            return "the FHIR server";
        case Target::consent:
            return "the owner of consents";
    }
    return "";
}

std::string_view name_of(Kind kind) {
    return kind == Kind::kill ? "kill" : "pause";
}

std::string describe(const Round& round) {
    std::string text;
    for (const Fault& fault : round.faults) {
        text += text.empty() ? "" : "; ";
        text += std::string{name_of(fault.kind)} + " " + std::string{name_of(fault.target)} + " at " +
                std::to_string(fault.begins.count()) + " ms for " + std::to_string(fault.lasts.count()) +
                " ms";
    }
    return text;
}

}  // namespace vcare::chaos
