// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>

#include "application/add_participant.hpp"
#include "application/admit_participant.hpp"
#include "application/consent_choice.hpp"
#include "application/create_session.hpp"
#include "application/fall_back.hpp"
#include "application/give_feedback.hpp"
#include "application/give_whereabouts.hpp"
#include "application/manage_consents.hpp"
#include "application/report_connection.hpp"
#include "application/reschedule_session.hpp"
#include "application/send_signal.hpp"

/// What clients ask for, out of bodies that the contract's tables have checked. What only the domain's own
/// reading finds wrong (a day that does not exist) is a `validation_error` with its pointer.
namespace vcare::json {

[[nodiscard]] domain::Result<application::CreateSession::Command> to_create_session(
    const boost::json::object& body);
[[nodiscard]] domain::Result<application::AddParticipant::Command> to_add_participant(
    const boost::json::object& body, domain::SessionId session, std::optional<std::uint64_t> version);
[[nodiscard]] domain::Result<application::RescheduleSession::Command> to_reschedule(
    const boost::json::object& body, domain::SessionId session, std::optional<std::uint64_t> version);
[[nodiscard]] domain::Result<application::FallBack::Command> to_fall_back(
    const boost::json::object& body, domain::SessionId session, std::optional<std::uint64_t> version);
[[nodiscard]] std::optional<domain::seconds> to_ttl(const boost::json::object& body);
[[nodiscard]] bool with_linked(const boost::json::object& body);
/// The `reason` field; nothing when it is absent.
[[nodiscard]] std::optional<std::string> to_reason(const boost::json::object& body);
[[nodiscard]] std::optional<std::uint64_t> to_version(const boost::json::object& body);
/// The `token` field; nothing when it is absent or no text.
[[nodiscard]] std::optional<std::string> to_token(const boost::json::object& body);

[[nodiscard]] std::vector<application::ConsentChoice> to_consent_choices(
    const boost::json::object& join_body);
[[nodiscard]] application::ConsentChoice to_consent_choice(const boost::json::object& body);
[[nodiscard]] application::ReportConnection::Report to_connection_report(const boost::json::object& body);
[[nodiscard]] domain::Result<application::SendSignal::Command> to_signal(const boost::json::object& body);
[[nodiscard]] application::GiveWhereabouts::Command to_whereabouts(const boost::json::object& body);
[[nodiscard]] application::GiveFeedback::Command to_feedback(const boost::json::object& body);
/// Of `participant`, at no time yet: the use case says when.
[[nodiscard]] application::DeviceCheckRecord to_device_check(const boost::json::object& body,
                                                             domain::ParticipantId participant);
[[nodiscard]] domain::Result<application::ManageConsents::Recorded> to_recorded_consent(
    const boost::json::object& body);

}  // namespace vcare::json
