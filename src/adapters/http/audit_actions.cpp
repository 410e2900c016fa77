// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/audit_actions.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace vcare::http {
namespace {

using enum contract::OperationId;

constexpr auto actions = std::to_array<std::pair<contract::OperationId, std::string_view>>({
    {create_session, "session.create"},
    {list_sessions, "session.list"},
    {get_session, "session.read"},
    {add_participant, "participant.add"},
    {list_participants, "participant.list"},
    {issue_join_token, "join_token.issue"},
    {join_as_staff, "visit.join"},
    {admit_participant, "participant.admit"},
    {remove_participant, "participant.remove"},
    {reschedule_session, "session.reschedule"},
    {end_session, "session.end"},
    {cancel_session, "session.cancel"},
    {change_mode, "session.fallback"},
    {get_timeline, "timeline.read"},
    {get_preparation, "preparation.read"},
    {get_encounter, "encounter.read"},
    {retry_encounter, "encounter.retry"},
    {list_waiting_room, "waiting_room.read"},
    {list_waiting_appointments, "waiting_appointments.read"},
    {stream_events, "feed.open"},
    {join_visit, "visit.join"},
    {join_visit_by_get, "visit.join"},
    {get_visit, "visit.read"},
    {stream_visit, "visit_events.open"},
    {answer_consent, "consent.grant"},
    {get_video, "video.enter"},
    {give_whereabouts, "whereabouts.give"},
    {leave_visit, "visit.leave"},
    {give_feedback, "feedback.give"},
    {report_device_check, "device_check.keep"},
    {get_config, "config.read"},
    {put_config, "config.replace"},
    {record_consent, "consent.grant"},
    {list_consents, "consent.list"},
    {withdraw_consent, "consent.withdraw"},
    {search_audit, "audit.list"},
    {verify_audit, "audit.verify"},
});

}  // namespace

std::string_view audit_action_of(contract::OperationId operation) {
    const auto found =
        std::ranges::find(actions, operation, &std::pair<contract::OperationId, std::string_view>::first);
    return found == actions.end() ? contract::operation(operation).name : found->second;
}

}  // namespace vcare::http
