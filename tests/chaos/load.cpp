// SPDX-License-Identifier: Apache-2.0
#include "chaos/load.hpp"

#include <algorithm>

#include "simulation/world/dice.hpp"

namespace vcare::chaos {
namespace {

using simulation::Dice;
using support::DrivenVisit;
using support::HttpClient;
using support::HttpRequest;
using support::HttpResponse;

constexpr unsigned people_of_a_clinic = 2;
/// What a person waits for an answer before trying elsewhere.
constexpr milliseconds patience{4000};
/// And between two tries.
constexpr milliseconds pause_between_tries{25};

/// Whether there is no use in asking again.
bool is_final(const HttpResponse& answer) {
    const bool comes_back = answer.status >= 500 || answer.status == 408 || answer.status == 429;
    return !comes_back;
}

bool is_consent_required(const std::optional<HttpResponse>& answer) {
    return answer && answer->code() == "CONSENT_REQUIRED";
}

}  // namespace

/// One after the other, the visits of a clinician.
class Load::Person {
  public:
    Person(Load& load, Clinic& clinic, std::string name, unsigned number)
        : load_(load),
          clinic_(clinic),
          name_(std::move(name)),
          dice_(load.options_.seed + number),
          on_(number % 2) {
        for (std::size_t i = 0; i < 2; ++i) clients_.emplace_back(load_.stack_.replica(i).port(), patience);
    }

    void work() {
        // At least one visit each, however soon all is over.
        do {
            hold(roll_story());
        } while (load_.phase() == Phase::running);
        if (load_.phase() == Phase::finishing) hold(Story::plain);
    }

  private:
    Story roll_story() {
        if (dice_.below(100) >= load_.options_.refusing_percent) return Story::plain;
        constexpr std::array others = {Story::without_consent, Story::withdrawn_at_owner,
                                       Story::withdrawn_in_visit};
        return others[dice_.below(others.size())];
    }

    void hold(Story story) {
        const auto send = [this](const HttpRequest& request) { return ask_until_answered(request); };
        DrivenVisit visit{send, clinic_.staff(), name_ + "-" + std::to_string(visits_++), clinic_.ledger()};
        const bool is_over = take_place(story, visit);
        const auto& last = visit.last_answer();
        if (is_over || !last) return;  // what was given up is noted already
        clinic_.was_stuck(visit.patient() + " in " + visit.session() + " was answered " +
                          std::to_string(last->status) + " " + last->body);
    }

    /// Whether it went as it must.
    bool take_place(Story story, DrivenVisit& visit) {
        switch (story) {
            case Story::plain:
                return visit.hold();
            case Story::without_consent:
                return !visit.book() && is_consent_required(visit.last_answer());
            case Story::withdrawn_at_owner:
                return come_to_the_door(visit) && withdraw_at_owner(visit) && !visit.admit() &&
                       is_consent_required(visit.last_answer()) && visit.cancel();
            case Story::withdrawn_in_visit:
                return come_to_the_door(visit) && visit.admit() && visit.withdraw_consent();
        }
        return false;
    }
    static bool come_to_the_door(DrivenVisit& visit) {
        return visit.give_consent() && visit.book() && visit.bring_patient() && visit.bring_provider();
    }

    bool withdraw_at_owner(const DrivenVisit& visit) {
        while (!load_.stack_.consent().withdraw(clinic_.tenant(), visit.patient())) {
            if (load_.phase() == Phase::given_up) return false;
            load_.rest(load_.phase());
        }
        return true;
    }

    std::optional<HttpResponse> ask_until_answered(const HttpRequest& request) {
        while (true) {
            auto answer = clients_[on_].try_send(request);
            if (answer) clinic_.was_shown(answer->body);
            if (answer && is_final(*answer)) return answer;
            const Phase phase = load_.phase();
            if (phase == Phase::given_up) {
                clinic_.was_stuck("no answer to " + request.path + ": " +
                                  (answer ? std::to_string(answer->status) + " " + answer->body : "silence"));
                return std::nullopt;
            }
            on_ = 1 - on_;
            load_.rest(phase);
        }
    }

    Load& load_;
    Clinic& clinic_;
    const std::string name_;
    Dice dice_;
    std::size_t on_;
    std::vector<HttpClient> clients_;
    unsigned visits_ = 0;
};

Load::Load(Stack& stack, Clinics& clinics, LoadOptions options)
    : stack_(stack), clinics_(clinics), options_(std::move(options)) {
    unsigned number = 0;
    for (const auto& clinic : clinics_) {
        for (unsigned i = 0; i < people_of_a_clinic; ++i, ++number) {
            const std::string name = clinic->tenant() + "-" + options_.name + "-" + std::to_string(number);
            ++at_work_;
            threads_.emplace_back([this, &clinic = *clinic, name, number] {
                Person{*this, clinic, name, number}.work();
                const std::lock_guard lock{mutex_};
                --at_work_;
                changed_.notify_all();
            });
        }
    }
}

Load::~Load() {
    enter(Phase::given_up);
    for (std::thread& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

void Load::run_until(std::chrono::steady_clock::time_point until) {
    const auto is_stuck = [&] {
        return std::ranges::any_of(clinics_, [](const auto& clinic) { return !clinic->stuck().empty(); });
    };
    std::unique_lock lock{mutex_};
    while (!is_stuck() && changed_.wait_until(lock, until) == std::cv_status::no_timeout) {
    }
}

void Load::finish(support::seconds within) {
    enter(Phase::finishing);
    {
        std::unique_lock lock{mutex_};
        changed_.wait_for(lock, within, [&] { return at_work_ == 0; });
    }
    enter(Phase::given_up);
    for (std::thread& thread : threads_) thread.join();
}

Load::Phase Load::phase() const {
    const std::lock_guard lock{mutex_};
    return phase_;
}

void Load::enter(Phase phase) {
    const std::lock_guard lock{mutex_};
    phase_ = phase;
    changed_.notify_all();
}

void Load::rest(Phase in) const {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, pause_between_tries, [&] { return phase_ != in; });
}

}  // namespace vcare::chaos
