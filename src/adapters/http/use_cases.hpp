// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/add_participant.hpp"
#include "application/admit_participant.hpp"
#include "application/answer_consent.hpp"
#include "application/audit_chain.hpp"
#include "application/cancel_session.hpp"
#include "application/configure_tenant.hpp"
#include "application/create_session.hpp"
#include "application/end_session.hpp"
#include "application/enter_video.hpp"
#include "application/fall_back.hpp"
#include "application/find_window_end.hpp"
#include "application/give_feedback.hpp"
#include "application/give_whereabouts.hpp"
#include "application/idempotency.hpp"
#include "application/issue_join_token.hpp"
#include "application/join_as_staff.hpp"
#include "application/join_visit.hpp"
#include "application/keep_device_check.hpp"
#include "application/leave_visit.hpp"
#include "application/live_frames.hpp"
#include "application/manage_consents.hpp"
#include "application/precheck.hpp"
#include "application/preview_link.hpp"
#include "application/read_sessions.hpp"
#include "application/remove_participant.hpp"
#include "application/report_connection.hpp"
#include "application/request_new_link.hpp"
#include "application/reschedule_session.hpp"
#include "application/retry_encounter.hpp"
#include "application/send_signal.hpp"
#include "application/staff_authentication.hpp"
#include "application/visit_authentication.hpp"

namespace vcare::http {

/// Every use case, once a loop: some keep a little state that belongs to one loop.
struct UseCases {
    UseCases(const application::Services& services, application::ConnectionSamples& samples)
        : trail(services),
          staff(services),
          visit(services),
          link(services),
          idempotency(services),
          precheck(services),
          create_session(services),
          read_sessions(services, trail),
          add_participant(services),
          remove_participant(services),
          issue_join_token(services),
          join_as_staff(services),
          admit(services),
          reschedule(services),
          end(services),
          cancel(services),
          fall_back(services),
          retry_encounter(services),
          join_visit(services),
          preview(services),
          new_link(services),
          view_visit(services),
          answer_consent(services),
          report_connection(services, samples),
          enter_video(services),
          send_signal(services),
          give_whereabouts(services),
          leave(services),
          keep_device_check(services),
          give_feedback(services),
          window_end(services),
          configure(services),
          consents(services, trail),
          audit(services, trail),
          follow_visit(services),
          follow_clinic(services, trail) {}

    application::ReadAuditTrail trail;
    application::StaffAuthentication staff;
    application::VisitAuthentication visit;
    application::LinkAuthentication link;
    application::Idempotency idempotency;
    application::Precheck precheck;
    application::CreateSession create_session;
    application::ReadSessions read_sessions;
    application::AddParticipant add_participant;
    application::RemoveParticipant remove_participant;
    application::IssueJoinToken issue_join_token;
    application::JoinAsStaff join_as_staff;
    application::AdmitParticipant admit;
    application::RescheduleSession reschedule;
    application::EndSession end;
    application::CancelSession cancel;
    application::FallBack fall_back;
    application::RetryEncounter retry_encounter;
    application::JoinVisit join_visit;
    application::PreviewLink preview;
    application::RequestNewLink new_link;
    application::ViewVisit view_visit;
    application::AnswerConsent answer_consent;
    application::ReportConnection report_connection;
    application::EnterVideo enter_video;
    application::SendSignal send_signal;
    application::GiveWhereabouts give_whereabouts;
    application::LeaveVisit leave;
    application::KeepDeviceCheck keep_device_check;
    application::GiveFeedback give_feedback;
    application::FindWindowEnd window_end;
    application::ConfigureTenant configure;
    application::ManageConsents consents;
    application::ReadAudit audit;
    application::FollowVisit follow_visit;
    application::FollowClinic follow_clinic;
};

}  // namespace vcare::http
