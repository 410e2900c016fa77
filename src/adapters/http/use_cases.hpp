// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/admit_participant.hpp"
#include "application/audit_chain.hpp"
#include "application/change_participants.hpp"
#include "application/change_session.hpp"
#include "application/configure_tenant.hpp"
#include "application/create_session.hpp"
#include "application/idempotency.hpp"
#include "application/join_visit.hpp"
#include "application/live_frames.hpp"
#include "application/manage_consents.hpp"
#include "application/precheck.hpp"
#include "application/preview_link.hpp"
#include "application/read_sessions.hpp"
#include "application/staff_authentication.hpp"
#include "application/take_part.hpp"
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
