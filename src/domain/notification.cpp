// SPDX-License-Identifier: Apache-2.0
#include "domain/notification.hpp"

#include <algorithm>

#include "domain/join_window.hpp"

namespace vcare::domain {
namespace {

constexpr std::string_view deceased = "patient_deceased";
/// A message that says what became of a visit is of use for this long.
constexpr hours told_afterwards{24};

bool is_yet_to_come_in(const Participant& who) {
    return who.status == ParticipantStatus::invited || who.status == ParticipantStatus::disconnected;
}

/// Whoever did it knows it.
bool did_it(const Participant& who, std::string_view actor) {
    return who.id.text() == actor || (who.user_id && who.user_id->text() == actor);
}

bool is_to_be_told(const Participant& who, std::string_view actor) {
    return !who.is_removed() && can_be_told(who) && !did_it(who, actor);
}

/// A death is not for this service to tell: only those who work here learn that the visit is off.
bool is_spared(const SessionData& session, const Participant& who) {
    const bool works_here = who.role == Role::provider || who.role == Role::interpreter;
    return session.cancel_reason == deceased && !works_here;
}

/// What every person of the session is told, by a line of its timeline.
std::optional<NotificationCategory> told_to_all(std::string_view line) {
    if (line == "session.rescheduled") return NotificationCategory::reschedule;
    if (line == "session.cancelled") return NotificationCategory::cancellation;
    if (line == "session.failed") return NotificationCategory::failure;
    return std::nullopt;
}

/// The provider is there for the first time, and links work already.
bool makes_ready(const TimelineItem& line, const SessionData& session, const TenantConfig& config) {
    if (line.type != "participant.joined" || session.status != SessionStatus::waiting) return false;
    const auto who = std::ranges::find(session.participants, line.participant, &Participant::id);
    const bool is_provider = who != session.participants.end() && who->role == Role::provider;
    const bool is_open = line.at >= session.scheduled_start - config.join_window_before;
    return is_provider && who->joined_at == line.at && is_open;
}

}  // namespace

bool carries_link(NotificationCategory category) {
    return category != NotificationCategory::cancellation && category != NotificationCategory::failure;
}

bool has_contact(const Participant& who) {
    return who.contact.email || who.contact.phone;
}

bool can_be_told(const Participant& who) {
    return who.user_id || has_contact(who);
}

std::vector<Notification> notifications_of(const SessionData& session, const SessionChange& change,
                                           const TenantConfig& config, const Occasion& occasion) {
    std::vector<Notification> told;
    const auto tell = [&](const Participant& who, NotificationCategory category, std::string about) {
        if (is_to_be_told(who, occasion.actor) && !is_spared(session, who))
            told.push_back({.category = category, .participant = who.id, .occasion = std::move(about)});
    };
    for (const TimelineItem& line : change.timeline) {
        const auto of_all = told_to_all(line.type);
        const bool is_ready = makes_ready(line, session, config);
        for (const Participant& who : session.participants) {
            if (of_all) tell(who, *of_all, std::to_string(session.version));
            if (line.type == "participant.invited" && line.participant == who.id)
                tell(who, NotificationCategory::invitation, std::to_string(line.step));
            if (is_ready && who.role != Role::provider && is_yet_to_come_in(who))
                tell(who, NotificationCategory::provider_ready, to_rfc3339(session.scheduled_start));
        }
    }
    return told;
}

std::optional<Notification> notification_of_link(const SessionData& session, const ParticipantId& participant,
                                                 std::string occasion, std::string_view actor) {
    const auto who = std::ranges::find(session.participants, participant, &Participant::id);
    // Whoever asks with their own link has none that works: they are told, although they did it.
    const bool asked_as_themself = actor == participant.text();
    if (who == session.participants.end() || is_terminal(session.status)) return std::nullopt;
    if (!is_to_be_told(*who, asked_as_themself ? std::string_view{} : actor)) return std::nullopt;
    return Notification{.category = NotificationCategory::new_link,
                        .participant = participant,
                        .occasion = std::move(occasion)};
}

std::optional<Instant> next_reminder(const SessionData& session, const TenantConfig& config, Instant now) {
    const bool is_to_come =
        session.status == SessionStatus::scheduled || session.status == SessionStatus::waiting;
    if (!is_to_come) return std::nullopt;
    std::optional<Instant> next;
    for (const minutes before : config.reminders) {
        const Instant due = session.scheduled_start - before;
        if (due > now && (!next || due < *next)) next = due;
    }
    return next;
}

std::vector<Notification> reminders_of(const SessionData& session, const TenantConfig& config, Instant now) {
    std::optional<minutes> last;
    for (const minutes before : config.reminders) {
        const bool is_due = session.scheduled_start - before <= now;
        if (is_due && (!last || before < *last)) last = before;
    }
    if (!last || now >= session.scheduled_start || is_terminal(session.status)) return {};
    const std::string about = std::to_string(last->count()) + "/" + to_rfc3339(session.scheduled_start);
    std::vector<Notification> told;
    for (const Participant& who : session.participants) {
        if (who.status == ParticipantStatus::invited && can_be_told(who))
            told.push_back(
                {.category = NotificationCategory::reminder, .participant = who.id, .occasion = about});
    }
    return told;
}

bool changes_reminders(const SessionChange& change) {
    constexpr auto lines =
        std::to_array<std::string_view>({"session.created", "session.rescheduled", "session.started",
                                         "session.ended", "session.cancelled", "session.failed"});
    return std::ranges::any_of(change.timeline, [&](const TimelineItem& line) {
        return std::ranges::find(lines, line.type) != lines.end();
    });
}

Instant expiry_of(NotificationCategory category, const SessionData& session, const TenantConfig& config,
                  Instant now) {
    switch (category) {
        case NotificationCategory::invitation:
        case NotificationCategory::new_link:
        case NotificationCategory::reschedule:
            return JoinWindow::make(session, config, now, std::nullopt).expires_at;
        case NotificationCategory::reminder:
            return session.scheduled_start;
        case NotificationCategory::provider_ready:
            return session.scheduled_end + config.join_window_after;
        case NotificationCategory::cancellation:
        case NotificationCategory::failure:
            break;
    }
    return std::max(session.scheduled_end, now) + told_afterwards;
}

bool is_still_to_be_told(const EventRecord& intent, const SessionData& session, Instant now) {
    const auto category = parse_wire<NotificationCategory>(text_of(intent, "category"));
    const auto expires_at = parse_rfc3339(text_of(intent, "expiresAt"));
    if (!category || !expires_at || *expires_at <= now) return false;
    if (!carries_link(*category)) return true;
    const auto who = std::ranges::find_if(session.participants, [&](const Participant& participant) {
        return participant.id.text() == text_of(intent, "participantId");
    });
    const bool is_out = who == session.participants.end() || who->is_removed();
    if (is_out || is_terminal(session.status)) return false;
    const bool is_of_a_time =
        *category == NotificationCategory::reminder || *category == NotificationCategory::provider_ready;
    const auto* variables = record_of(intent, "variables");
    const bool is_moved =
        variables && text_of(*variables, "scheduledStart") != to_rfc3339(session.scheduled_start);
    return !(is_of_a_time && is_moved);
}

}  // namespace vcare::domain
