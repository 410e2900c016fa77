// SPDX-License-Identifier: Apache-2.0
#include "main/inbox.hpp"

#include <fstream>
#include <iostream>

#include <fmt/core.h>

#include "application/ports/clock.hpp"
#include "application/ports/inbox_store.hpp"
#include "main/commands/answer_codec.hpp"
#include "main/commands/answers.hpp"
#include "main/commands/commands.hpp"
#include "main/commands/offline.hpp"

namespace vcare::program {
namespace {

constexpr unsigned list_limit = 10'000;
constexpr std::size_t longest_line = std::size_t{1024} * 1024;

struct Counted {
    std::uint64_t taken = 0;
    std::uint64_t refused = 0;
};

/// Takes each line as one message, known by the file and its number. It may be a second try.
Task<Counted> take_lines(application::TakeMessage* take, std::istream* lines, std::string name,
                         domain::Instant now) {
    Counted counted;
    std::string line;
    for (std::uint64_t number = 1; std::getline(*lines, line); ++number) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        if (line.size() > longest_line) line.clear();  // read as broken JSON
        application::InboundMessage message{
            .stream = name, .sequence = number, .body = std::move(line), .stored_at = now};
        const application::MessageSettled settled = co_await (*take)(std::move(message), 2);
        line = {};
        if (settled.problem.empty()) {
            ++counted.taken;
        } else {
            ++counted.refused;
            fmt::print(stderr, "vcare: {}:{}: {}\n", name, number, settled.problem);
        }
    }
    co_return counted;
}

/// Until nothing is due any more, so that what was taken has had its effect when the command ends.
Task<Result<void>> book_all(application::BookAppointments* book) {
    while (true) {
        const auto round = co_await book->run_once();
        if (!round) co_return std::unexpected{round.error()};
        if (*round == application::Round::idle) co_return Result<void>{};
    }
}

}  // namespace

ExitCode run(const InboxTakeCommand& command) {
    const auto settings = settings_of(command.config);
    if (!settings) return settings.error();
    const std::string chosen = settings->events.mapping == "none" ? "cloudevents" : settings->events.mapping;
    const auto mapping = load_event_mapping(chosen);
    if (!mapping) return say(ExitCode::used_wrongly, "events.mapping " + mapping.error());
    std::ifstream file;
    if (command.file != "-") {
        file.open(command.file, std::ios::binary);
        if (!file) return say(ExitCode::used_wrongly, command.file + " cannot be read");
    }

    Offline offline{*settings};
    const application::Services& services = offline.services();
    application::TakeMessage take{services, **mapping};
    std::istream* lines = command.file == "-" ? &std::cin : &file;
    const std::string name = command.file == "-" ? "stdin" : command.file;
    const Counted counted = offline.wait(take_lines(&take, lines, name, services.clock.now()));
    application::BookAppointments book{services};
    const auto booked = offline.wait(book_all(&book));
    if (!booked) return say(booked.error());
    if (command.json) {
        fmt::print("{}\n", encode_taken(counted.taken, counted.refused));
    } else {
        fmt::print("{} taken, {} refused\n", counted.taken, counted.refused);
    }
    return counted.refused == 0 ? ExitCode::done : ExitCode::failed;
}

ExitCode run(const InboxListCommand& command) {
    const auto settings = settings_of(command.config);
    if (!settings) return settings.error();

    Offline offline{*settings};
    const auto failures = offline.wait(offline.services().inbox.list_failures(list_limit));
    if (!failures) return say(failures.error());
    if (command.json) {
        fmt::print("{}\n", encode_failures(*failures));
        return ExitCode::done;
    }
    for (const application::FailedMessage& message : *failures) {
        fmt::print("{}  {}  {}  {}{} failures, {}\n", message.place, domain::to_rfc3339(message.failed_at),
                   message.type.empty() ? "of unknown type" : message.type, message.is_dead ? "dead: " : "",
                   message.failures, message.problem);
    }
    return ExitCode::done;
}

ExitCode run(const InboxReplayCommand& command) {
    const auto settings = settings_of(command.config);
    if (!settings) return settings.error();

    Offline offline{*settings};
    const application::Services& services = offline.services();
    const auto count = offline.wait(services.inbox.replay_failures(command.message, services.clock.now()));
    if (!count) return say(count.error());
    if (command.message && *count == 0) return say(ExitCode::failed, "this message is no dead letter");
    if (command.json) {
        fmt::print("{}\n", encode_count("replayed", *count));
    } else {
        fmt::print("{} will be taken again\n", *count);
    }
    return ExitCode::done;
}

ExitCode run(const InboxMappingCommand& command) {
    std::string chosen = command.name;
    if (chosen.empty()) {
        const auto settings = settings_of(command.config);
        if (!settings) return settings.error();
        chosen = settings->events.mapping;
    }
    const std::string document = event_mapping_document(chosen);
    if (document.empty())
        return say(ExitCode::used_wrongly, chosen + " is neither cloudevents nor plain nor file:PATH");
    fmt::print("{}\n", document);
    return ExitCode::done;
}

}  // namespace vcare::program
