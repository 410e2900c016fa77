// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/session.hpp"

namespace vcare::domain {

/// Why somebody is told something.
enum class NotificationCategory : std::uint8_t {
    invitation,
    new_link,
    reminder,
    provider_ready,
    reschedule,
    cancellation,
    failure
};
constexpr WireWords<NotificationCategory, 7> words_of(NotificationCategory) {
    return {{{NotificationCategory::invitation, "invitation"},
             {NotificationCategory::new_link, "new_link"},
             {NotificationCategory::reminder, "reminder"},
             {NotificationCategory::provider_ready, "provider_ready"},
             {NotificationCategory::reschedule, "reschedule"},
             {NotificationCategory::cancellation, "cancellation"},
             {NotificationCategory::failure, "failure"}}};
}

/// Whether a message of the category is of no use without the way into the visit.
[[nodiscard]] bool carries_link(NotificationCategory category);

/// One person is told one thing. A second one of the same category and occasion is the same one again.
struct Notification {
    NotificationCategory category{};
    ParticipantId participant;
    std::string occasion;  ///< ids, numbers and times only
};

/// Whether there is a way to this person: as a user of the clinic, or by a contact for this visit.
[[nodiscard]] bool can_be_told(const Participant& who);
[[nodiscard]] bool has_contact(const Participant& who);

/// Who is to be told of what a change did to its session, in the order of the people: nobody of what they did
/// themself, nobody who was removed, nobody without a way to them. A patient who died is told nothing, nor is
/// whoever came along with them.
[[nodiscard]] std::vector<Notification> notifications_of(const SessionData& session,
                                                         const SessionChange& change,
                                                         const TenantConfig& config,
                                                         const Occasion& occasion);

/// That there is another link for this person, or should be; nothing when they cannot be told, or have it in
/// their hands as whoever made it.
[[nodiscard]] std::optional<Notification> notification_of_link(const SessionData& session,
                                                               const ParticipantId& participant,
                                                               std::string occasion, std::string_view actor);

/// When the people of this session are to be reminded next, after `now`; nothing once it has begun, is over,
/// or has no reminder left.
[[nodiscard]] std::optional<Instant> next_reminder(const SessionData& session, const TenantConfig& config,
                                                   Instant now);

/// The reminders of `now`: of the ones that are due only the last, and none once the visit should have begun.
/// Whoever has come in already needs none.
[[nodiscard]] std::vector<Notification> reminders_of(const SessionData& session, const TenantConfig& config,
                                                     Instant now);

/// Whether the change gave the session another time to be reminded of, or none any more.
[[nodiscard]] bool changes_reminders(const SessionChange& change);

/// After which nobody may be told of it any more.
[[nodiscard]] Instant expiry_of(NotificationCategory category, const SessionData& session,
                                const TenantConfig& config, Instant now);

/// Whether what was decided some time ago still holds: not once it came too late, was overtaken by another
/// time of the visit, or would call somebody to a visit that is over or that they were taken out of.
[[nodiscard]] bool is_still_to_be_told(const EventRecord& intent, const SessionData& session, Instant now);

}  // namespace vcare::domain
