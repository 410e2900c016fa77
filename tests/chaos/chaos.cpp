// SPDX-License-Identifier: Apache-2.0
#include "chaos/chaos.hpp"

#include <algorithm>

namespace vcare::chaos {
namespace {

using support::seconds;
using Clock = std::chrono::steady_clock;

/// How long it may take after the faults of a round until both replicas are ready, …
constexpr seconds time_to_be_ready{60};
/// … until every command that was ever asked has its answer and everybody has held a visit more, …
constexpr seconds time_to_answer{60};
/// … and until the broker has every event: what a dead replica had claimed is free again after 15 s.
constexpr seconds time_to_relay{60};
/// A payer that was killed holds its debts for 60 s; the longest pause after a few failures is a minute.
constexpr seconds time_to_pay{300};

constexpr milliseconds pause_between_looks{100};

/// What happens at one moment of a round.
struct Moment {
    milliseconds at{0};
    bool begins = false;
    Fault fault;
};

std::vector<Moment> moments_of(const Round& round) {
    std::vector<Moment> moments;
    for (const Fault& fault : round.faults) {
        moments.push_back({fault.begins, true, fault});
        moments.push_back({fault.begins + fault.lasts, false, fault});
    }
    std::ranges::sort(moments, {},
                      [](const Moment& moment) { return std::pair{moment.at, moment.fault.target}; });
    return moments;
}

class Run {
  public:
    explicit Run(const RunOptions& options) : options_(options) {
        for (const std::string& tenant : tenants)
            clinics_.push_back(std::make_unique<Clinic>(tenant, stack_.staff(tenant)));
    }

    Report to_its_end() {
        for (const Round& round : plan_of(options_.seed, options_.rounds)) {
            ++report_.rounds;
            hold(round);
            if (!report_.broken.empty()) break;
        }
        if (report_.broken.empty()) settle();
        if (!report_.broken.empty() && !options_.logs.empty()) keep_logs();
        return report_;
    }

  private:
    void settle() {
        // Whether everything is paid when the time is over, is looked at with the rest.
        (void)becomes_true([&] { return investigation_.owed().is_nothing(); }, time_to_pay);
        look(true);
    }

    void hold(const Round& round) {
        options_.say("round " + std::to_string(report_.rounds) + ": " + describe(round));
        Load load{stack_,
                  clinics_,
                  {.seed = options_.seed * 1000 + report_.rounds,
                   .name = std::to_string(report_.rounds),
                   .refusing_percent = round.refusing_percent}};
        const auto began = Clock::now();
        for (const Moment& moment : moments_of(round)) {
            load.run_until(began + moment.at);
            moment.begins ? stack_.strike(moment.fault) : stack_.mend(moment.fault);
        }
        if (auto wrong = stack_.heal(time_to_be_ready))
            return note("everybody_gets_an_answer", std::move(*wrong));
        load.finish(time_to_answer);
        show_lists();
        const auto is_relayed = [&] { return investigation_.owed().events == 0; };
        if (!becomes_true(is_relayed, time_to_relay))
            note("what_is_owed_is_paid", "the broker is there, and does not get every event");
        look(false);
    }

    void keep_logs() {
        std::filesystem::create_directories(options_.logs);
        for (const std::size_t number : {0U, 1U}) {
            const auto file = options_.logs / ("replica-" + std::to_string(number + 1) + ".log");
            support::write_text(file, stack_.replica(number).log());
            options_.say("log: " + file.string());
        }
    }

    /// What staff see of the day, on both replicas.
    void show_lists() {
        for (const auto& clinic : clinics_) {
            for (const std::size_t number : {0U, 1U}) {
                support::HttpClient client = stack_.replica(number).client();
                for (const char* list : {"/sessions", "/waiting-room", "/audit"}) {
                    const auto shown = client.get(std::string{support::base_path} + list, clinic->staff());
                    clinic->was_shown(shown.body);
                    if (shown.status != 200) clinic->was_stuck(list + (": " + shown.body));
                }
            }
        }
    }

    void look(bool is_settled) {
        const Evidence evidence = investigation_.collect(is_settled);
        for (Broken& broken : check(evidence, clinics_)) report_.broken.push_back(std::move(broken));
        report_.commands = 0;
        for (const auto& clinic : clinics_) report_.commands += clinic->ledger().answers();
        report_.sessions = evidence.sessions.size();
        report_.events = evidence.stream.size();
        report_.encounters = 0;
        for (const auto& [session, encounters] : evidence.encounters) report_.encounters += encounters.size();
        options_.say(std::to_string(report_.commands) + " commands acknowledged, " +
                     std::to_string(report_.sessions) + " sessions, " + std::to_string(report_.events) +
                     " events");
    }

    template <class Condition>
    bool becomes_true(Condition is_so, seconds within) {
        const auto deadline = Clock::now() + within;
        while (!is_so()) {
            // Nothing announces it: ask again shortly, unless a replica has ended by itself.
            const bool has_ended = stack_.replica(0).process().wait(pause_between_looks).has_value();
            if (has_ended || Clock::now() > deadline) return false;
        }
        return true;
    }

    void note(std::string checker, std::string what) {
        report_.broken.push_back({std::move(checker), std::move(what)});
    }

    const RunOptions& options_;
    Stack stack_;
    Clinics clinics_;
    Investigation investigation_{stack_};
    Report report_;
};

}  // namespace

Report run(const RunOptions& options) {
    return Run{options}.to_its_end();
}

std::string command_to_replay(const RunOptions& options) {
    return "make chaos SEED=" + std::to_string(options.seed) + " ROUNDS=" + std::to_string(options.rounds);
}

std::string tale_of(const RunOptions& options, const Report& report) {
    std::string tale;
    for (const Broken& broken : report.broken)
        tale += "broken: " + broken.checker + ": " + broken.what + "\n";
    if (!tale.empty()) tale += "again: " + command_to_replay(options) + "\n";
    return tale;
}

}  // namespace vcare::chaos
