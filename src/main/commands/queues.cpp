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
    const auto items = offline.wait(offline.services().queues.list_outbox(outbox_limit));
    if (!items) return say(items.error());
    if (command.json) {
        fmt::print("{}\n", encode_outbox(*items));
        return ExitCode::done;
    }
    for (const application::OutboxItem& item : *items) {
        fmt::print("{}  {}  {}  {}{} refusals{}{}\n", item.entry.id.text(), domain::to_rfc3339(item.entry.at),
                   domain::to_wire(item.entry.event.type), item.is_dead ? "dead: " : "", item.refusals,
                   item.last_problem.empty() ? "" : ", ", item.last_problem);
    }
    return ExitCode::done;
}

ExitCode run(const OutboxReplayCommand& command) {
    const auto settings = settings_of(command.config);
    if (!settings) return settings.error();
    std::optional<domain::EventId> event;
    if (command.event) event = domain::EventId::parse(*command.event);
    if (command.event && !event) return say(ExitCode::used_wrongly, "--event is no id of an event");

    Offline offline{*settings};
    const auto count = offline.wait(offline.services().queues.replay_dead_letters(event));
    if (!count) return say(count.error());
    if (event && *count == 0) return say(ExitCode::failed, "this event is no dead letter");
    if (command.json) {
        fmt::print("{}\n", encode_count("replayed", *count));
    } else {
        fmt::print("{} will be published again\n", *count);
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
