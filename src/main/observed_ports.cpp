// SPDX-License-Identifier: Apache-2.0
#include "main/observed_ports.hpp"

#include "application/ports/work_queues.hpp"
#include "main/demo/story.hpp"

namespace vcare::program {

using application::CommitOutcome;
using application::UnitOfWork;

Task<Result<CommitOutcome>> ToldUnits::commit(domain::TenantScope scope, UnitOfWork unit) {
    std::vector<std::string> sentences;
    for (const application::SessionWrite& write : unit.sessions) {
        for (std::string& sentence : sentences_of(write)) sentences.push_back(std::move(sentence));
    }
    const auto outcome = co_await inner_.commit(std::move(scope), std::move(unit));
    if (outcome == CommitOutcome::done) {
        for (const std::string& sentence : sentences) tell_(sentence);
    }
    co_return outcome;
}

void ToldBus::announce(std::vector<application::PublishedEvent> events) {
    for (const application::PublishedEvent& event : events) {
        if (const std::string sentence = sentence_of(event.entry.event); !sentence.empty()) tell_(sentence);
    }
    inner_.announce(std::move(events));
}

}  // namespace vcare::program
