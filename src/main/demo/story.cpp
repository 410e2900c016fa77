// SPDX-License-Identifier: Apache-2.0
#include "main/demo/story.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "domain/participant.hpp"

namespace vcare::program {
namespace {

using domain::Event;
using domain::EventType;

std::string field(const Event& event, std::string_view name) {
    const auto found = std::ranges::find(event.data, name, &domain::EventField::name);
    if (found == event.data.end()) return {};
    if (const auto* text = std::get_if<std::string>(&found->value)) return *text;
    if (const auto* number = std::get_if<std::int64_t>(&found->value)) return std::to_string(*number);
    return {};
}

std::string the(std::string_view role) {
    return fmt::format("The {}", role);
}

// `3 min 12 s`
std::string duration(const std::string& seconds_text) {
    const std::int64_t seconds = seconds_text.empty() ? 0 : std::stoll(seconds_text);
    if (seconds < 60) return fmt::format("{} s", seconds);
    return fmt::format("{} min {} s", seconds / 60, seconds % 60);
}

std::string in_words(std::string reason) {
    std::ranges::replace(reason, '_', ' ');
    return reason;
}

std::string joined(const Event& event) {
    const std::string role = field(event, "role");
    return role == "provider" ? "The provider came in" : the(role) + " is in the waiting room";
}

std::string disconnected(const Event& event) {
    const std::string role = field(event, "role");
    return field(event, "reason") == "left" ? the(role) + " left" : the(role) + " lost the connection";
}

}  // namespace

std::string sentence_of(const Event& event) {
    switch (event.type) {
        case EventType::session_created:
            return fmt::format("A visit was booked ({})", event.subject);
        case EventType::session_rescheduled:
            return "The visit was moved";
        case EventType::session_started:
            return "The visit began";
        case EventType::session_ended:
            return fmt::format("The visit ended after {} ({})", duration(field(event, "durationSeconds")),
                               in_words(field(event, "reason")));
        case EventType::session_cancelled:
            return fmt::format("The visit was cancelled ({})", in_words(field(event, "reason")));
        case EventType::session_failed:
            return fmt::format("The visit failed ({})", in_words(field(event, "reason")));
        case EventType::session_mode_changed:
            return fmt::format("The visit goes on as {}", in_words(field(event, "to")));
        case EventType::messaging_thread_requested:
            return "A conversation in text was asked for";
        case EventType::participant_joined:
            return joined(event);
        case EventType::participant_admitted:
            return the(field(event, "role")) + " was let in";
        case EventType::participant_disconnected:
            return disconnected(event);
        case EventType::participant_removed:
            return the(field(event, "role")) + " was taken out of the visit";
        case EventType::link_requested:
            return "Somebody asked for a new link";
        case EventType::consent_recorded:
            return fmt::format("The patient agreed to {} (text {})", in_words(field(event, "type")),
                               field(event, "textVersion"));
        case EventType::consent_withdrawn:
            return fmt::format("The consent to {} was withdrawn", in_words(field(event, "type")));
        case EventType::encounter_created:
            return fmt::format("The Encounter is in the record ({})", field(event, "encounterId"));
        case EventType::billing_session_completed:
            return fmt::format("The visit can be billed: {}", duration(field(event, "durationSeconds")));
        case EventType::config_updated:
            return "The clinic's settings were changed";
        case EventType::session_waiting:  // told by who joined
        case EventType::participant_invited:
        case EventType::notification_requested:  // shown as it goes out
            return {};
    }
    return {};
}

std::vector<std::string> sentences_of(const application::SessionWrite& write) {
    std::vector<std::string> sentences;
    for (const domain::TimelineItem& item : write.change.timeline) {
        if (!item.participant) continue;
        const auto& people = write.after.participants;
        const auto who = std::ranges::find(people, *item.participant, &domain::Participant::id);
        if (who == people.end()) continue;
        const std::string role{domain::to_wire(who->role)};
        if (item.type == "link.opened") sentences.push_back(the(role) + " opened the link");
        if (item.type == "participant.reconnected") sentences.push_back(the(role) + " is back");
    }
    return sentences;
}

}  // namespace vcare::program
