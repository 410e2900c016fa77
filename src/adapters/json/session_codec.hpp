// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "application/read_sessions.hpp"

/// What staff see of sessions.
namespace vcare::json {

[[nodiscard]] std::string encode_session(const domain::SessionData& session);
/// With the patient's whereabouts, for whoever may see them.
[[nodiscard]] std::string encode_session(const application::SessionView& view);
[[nodiscard]] std::string encode_session_page(const application::Page<domain::SessionData>& page);
[[nodiscard]] std::string encode_participant(const domain::Participant& participant);
[[nodiscard]] std::string encode_participants(const domain::SessionData& session);
[[nodiscard]] std::string encode_timeline(const std::vector<domain::TimelineItem>& items);
[[nodiscard]] std::string encode_waiting_appointments(const std::vector<domain::Appointment>& appointments);
[[nodiscard]] std::string encode_waiting_room(const std::vector<application::WaitingEntry>& entries,
                                              domain::Instant now);
[[nodiscard]] std::string encode_preparation(const application::Preparation& preparation);

}  // namespace vcare::json
