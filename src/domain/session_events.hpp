// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "domain/notification.hpp"

/// The data of each event about a session: ids, states and times, never PHI.
namespace vcare::domain::events {

/// The reason as it may leave the session: one of a fixed list of words, `other` in place of any other.
[[nodiscard]] std::string_view reason_code(std::string_view reason);

[[nodiscard]] EventData created(const SessionData& session);
[[nodiscard]] EventData rescheduled(const SessionData& session, Instant previous_start);
[[nodiscard]] EventData waiting(const SessionData& session, const Participant& first, Instant at);
[[nodiscard]] EventData started(const SessionData& session);
[[nodiscard]] EventData ended(const SessionData& session);
/// For `cancelled` and `failed`.
[[nodiscard]] EventData closed(const SessionData& session, std::string_view reason);
[[nodiscard]] EventData mode_changed(const SessionData& session, Mode from, std::string_view reason);
[[nodiscard]] EventData thread_requested(const SessionData& session, std::string_view reason);
/// For every `participant.*` event.
[[nodiscard]] EventData participant(const SessionData& session, const Participant& who, Instant at,
                                    const std::optional<std::string>& reason = {});
[[nodiscard]] EventData link_requested(const SessionData& session, const Participant& who);
/// What somebody is to be told, for whoever brings it to them: without the link, which is put in on the way.
[[nodiscard]] EventData notification_requested(const SessionData& session, const TenantConfig& config,
                                               const Notification& told, Instant at);
[[nodiscard]] EventData encounter_created(const SessionData& session, int attempts);
[[nodiscard]] EventData billing(const SessionData& session);

}  // namespace vcare::domain::events
