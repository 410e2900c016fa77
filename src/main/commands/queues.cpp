// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "application/ports/clock.hpp"
#include "main/commands/answer_codec.hpp"
#include "main/commands/answers.hpp"
#include "main/commands/commands.hpp"
#include "main/commands/offline.hpp"

namespace vcare::program {
namespace {

constexpr unsigned outbox_limit = 10'000;

}  // namespace

ExitCode run(const OutboxListCommand& command) {
    const auto settings = settings_of(command.config);
    if (!settings) return settings.error();

    Offline offline{*settings};
    const auto events = offline.wait(offline.services().queues.unpublished(outbox_limit));
    if (!events) return say(events.error());
    if (command.json) {
        fmt::print("{}\n", encode_outbox(*events));
        return ExitCode::done;
    }
    for (const application::QueuedEvent& queued : *events) {
        fmt::print("{}  {}  {}  {} attempts\n", queued.entry.id.text(), domain::to_rfc3339(queued.entry.at),
                   domain::to_wire(queued.entry.event.type), queued.attempts);
    }
    return ExitCode::done;
}

ExitCode run(const EncountersListCommand& command) {
    const auto settings = settings_of(command.config);
    if (!settings) return settings.error();

    Offline offline{*settings};
    const auto debts = offline.wait(offline.services().queues.list_encounter_debts());
    if (!debts) return say(debts.error());
    if (command.json) {
        fmt::print("{}\n", encode_debts(*debts));
        return ExitCode::done;
    }
    for (const application::EncounterDebtStatus& debt : *debts) {
        fmt::print("{}  owed since {}  {} attempts  {}{}\n", debt.session.text(),
                   domain::to_rfc3339(debt.owed_since), debt.attempts,
                   debt.state == application::DebtState::dead ? "refused: " : "", debt.last_problem);
    }
    return ExitCode::done;
}

ExitCode run(const EncountersRetryCommand& command) {
    const auto settings = settings_of(command.config);
    if (!settings) return settings.error();
    std::optional<domain::SessionId> session;
    if (command.session) session = domain::SessionId::parse(*command.session);
    if (command.session && !session) return say(ExitCode::used_wrongly, "--session is no vsn_ id");

    Offline offline{*settings};
    const application::Services& services = offline.services();
    const auto count = offline.wait(services.queues.retry_encounter_debts(session, services.clock.now()));
    if (!count) return say(count.error());
    if (session && *count == 0) return say(ExitCode::failed, "this visit owes no Encounter");
    if (command.json) {
        fmt::print("{}\n", encode_count("retried", *count));
    } else {
        fmt::print("{} will be tried again now\n", *count);
    }
    return ExitCode::done;
}

}  // namespace vcare::program
