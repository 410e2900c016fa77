// SPDX-License-Identifier: Apache-2.0
#include "chaos/plan.hpp"

#include <algorithm>

#include "simulation/world/dice.hpp"

namespace vcare::chaos {
namespace {

using simulation::Dice;

constexpr std::uint64_t most_faults = 4;
constexpr milliseconds latest_begin{1500};
constexpr milliseconds shortest{200};
constexpr milliseconds longest{4000};

// A question to the owner of consents may take 2 s: some delays are shorter, some longer.
constexpr milliseconds shortest_delay{20};
constexpr milliseconds longest_delay{1200};
constexpr std::uint32_t least_bytes_per_second = 500;
constexpr std::uint32_t most_bytes_per_second = 50'000;

template <class Choices>
auto choose(Dice& dice, const Choices& choices) {
    return choices[dice.below(choices.size())];
}

std::uint32_t roll_degree(Dice& dice, Kind kind) {
    if (kind == Kind::delay)
        return static_cast<std::uint32_t>(dice.between(shortest_delay, longest_delay).count());
    if (kind == Kind::throttle)
        return least_bytes_per_second +
               static_cast<std::uint32_t>(dice.below(most_bytes_per_second - least_bytes_per_second));
    return 0;
}

Fault roll_fault(Dice& dice) {
    Fault fault;
    const bool is_about_a_process = dice.chance(0.5);
    if (is_about_a_process) {
        fault.target = choose(dice, processes);
    } else {
        fault.target = choose(dice, ways);
    }
    fault.kind = choose(dice, kinds_for(fault.target));
    fault.begins = dice.between(milliseconds{0}, latest_begin);
    fault.lasts = dice.between(shortest, longest);
    fault.degree = roll_degree(dice, fault.kind);
    return fault;
}

Round roll_round(Dice& dice) {
    Round round;
    const std::uint64_t faults = 1 + dice.below(most_faults);
    for (std::uint64_t i = 0; i < faults; ++i) {
        const Fault fault = roll_fault(dice);
        const bool is_struck =
            std::ranges::find(round.faults, fault.target, &Fault::target) != round.faults.end();
        if (!is_struck) round.faults.push_back(fault);
    }
    std::ranges::sort(round.faults, {}, &Fault::begins);
    round.refusing_percent = static_cast<unsigned>(10 + dice.below(40));
    return round;
}

}  // namespace

std::span<const Kind> kinds_for(Target target) {
    static constexpr std::array of_processes = {Kind::kill, Kind::pause};
    static constexpr std::array of_ways = {Kind::cut, Kind::stall, Kind::delay, Kind::throttle,
                                           Kind::corrupt};
    static constexpr std::span of_ways_to_nats = std::span{of_ways}.first<4>();  // all but the last
    const bool is_process = std::ranges::find(processes, target) != processes.end();
    if (is_process) return of_processes;
    const bool is_to_nats = target == Target::first_to_nats || target == Target::second_to_nats;
    if (is_to_nats) return of_ways_to_nats;
    return of_ways;
}

std::vector<Round> plan_of(std::uint64_t seed, unsigned rounds) {
    Dice dice{seed};
    std::vector<Round> plan;
    for (unsigned i = 0; i < rounds; ++i) plan.push_back(roll_round(dice));
    return plan;
}

std::string_view name_of(Target target) {
    constexpr std::array<std::string_view, processes.size() + ways.size()> names = {
        "the first replica",
        "the second replica",
        "PostgreSQL",
        "NATS",
        "the FHIR server",
        "the owner of consents",
        "the first replica's way to PostgreSQL",
        "the first replica's way to NATS",
        "the first replica's way to the FHIR server",
        "the first replica's way to the owner of consents",
        "the second replica's way to PostgreSQL",
        "the second replica's way to NATS",
        "the second replica's way to the FHIR server",
        "the second replica's way to the owner of consents"};
    return names[static_cast<std::size_t>(target)];
}

std::string_view name_of(Kind kind) {
    constexpr std::array<std::string_view, 7> names = {"kill",  "pause",    "cut",    "stall",
                                                       "delay", "throttle", "corrupt"};
    return names[static_cast<std::size_t>(kind)];
}

std::string describe(const Round& round) {
    std::string text;
    for (const Fault& fault : round.faults) {
        text += text.empty() ? "" : "; ";
        text += std::string{name_of(fault.kind)} + " " + std::string{name_of(fault.target)};
        if (fault.kind == Kind::delay) text += " by " + std::to_string(fault.degree) + " ms";
        if (fault.kind == Kind::throttle) text += " to " + std::to_string(fault.degree) + " bytes/s";
        text += " at " + std::to_string(fault.begins.count()) + " ms for " +
                std::to_string(fault.lasts.count()) + " ms";
    }
    return text;
}

}  // namespace vcare::chaos
