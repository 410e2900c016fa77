// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "application/enter_video.hpp"
#include "application/entrance.hpp"
#include "application/live_frames.hpp"
#include "application/ports/event_bus.hpp"
#include "application/preview_link.hpp"

/// What a participant's page sees.
namespace vcare::json {

[[nodiscard]] std::string encode_visit(const application::VisitView& view);
/// Without the credential, which is never kept: `with_credential` adds it to what was kept.
[[nodiscard]] std::string encode_joined(const application::Joined& joined);
[[nodiscard]] std::string encode_staff_joined(const application::Joined& joined);
[[nodiscard]] std::string with_credential(std::string_view kept, std::string_view credential);

/// Likewise without its secrets.
[[nodiscard]] std::string encode_join_window(const domain::JoinWindow& window);
[[nodiscard]] std::string with_link(std::string_view kept, std::string_view token, std::string_view join_url);

[[nodiscard]] std::string encode_preview(const application::LinkPreview& preview);
[[nodiscard]] std::string encode_consent_questions(const std::vector<application::ConsentView>& consents);
[[nodiscard]] std::string encode_advice(domain::FallbackAdvice advice);
[[nodiscard]] std::string encode_video_access(const application::EnterVideo::Access& access);

/// One frame of an event stream: the name of the event and its data.
struct FrameText {
    std::string_view event;
    std::string data;
};
[[nodiscard]] FrameText encode_frame(const application::VisitFrame& frame);
[[nodiscard]] FrameText encode_signal(const application::Signal& signal);
/// A visit's frame within the staff feed.
[[nodiscard]] std::string wrap_frame(const domain::ParticipantId& participant, const FrameText& frame);

}  // namespace vcare::json
