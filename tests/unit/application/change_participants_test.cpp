// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "application/add_participant.hpp"
#include "application/cancel_session.hpp"
#include "application/issue_join_token.hpp"
#include "application/remove_participant.hpp"
#include "support/fakes/clinic.hpp"

namespace vcare::testing {
namespace {

using application::AddParticipant;
using application::IssueJoinToken;
using application::RemoveParticipant;

AddParticipant::Command an_observer(const SessionId& session) {
    return {
        .session = session, .role = Role::observer, .display_name = phi("SISTER"), .linked_to = "patient"};
}

TEST(AddParticipant, invites_one_more_who_may_be_linked_to_the_patient) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    AddParticipant use_case{clinic.services};

    const auto added = clinic.run(use_case(clinic.doctor(), an_observer(session.id), {}));

    ASSERT_TRUE(added.has_value());
    const Participant person = clinic.session(session.id).participants.back();
    EXPECT_EQ(person.id, added->participant);
    EXPECT_EQ(person.linked_to, Clinic::seat(session, Role::patient));
    EXPECT_EQ(added->session.version, 2U);
}

TEST(AddParticipant, refuses_a_second_patient_too_many_people_and_a_link_to_nobody) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    AddParticipant use_case{clinic.services};
    auto second_patient = an_observer(session.id);
    second_patient.role = Role::patient;
    EXPECT_EQ(refusal_of(clinic.run(use_case(clinic.doctor(), second_patient, {}))),
              ErrorCode::duplicate_patient);
    auto linked_to_nobody = an_observer(session.id);
    linked_to_nobody.linked_to = "somebody";
    EXPECT_EQ(refusal_of(clinic.run(use_case(clinic.doctor(), linked_to_nobody, {}))),
              ErrorCode::validation_error);
    linked_to_nobody.linked_to = nobody().text();
    EXPECT_EQ(refusal_of(clinic.run(use_case(clinic.doctor(), linked_to_nobody, {}))),
              ErrorCode::validation_error);
    clinic.video.carries = 3;
    EXPECT_EQ(refusal_of(clinic.run(use_case(clinic.doctor(), an_observer(session.id), {}))),
              ErrorCode::max_participants_exceeded);
    EXPECT_EQ(clinic.session(session.id), session);
}

TEST(AddParticipant, changes_nothing_or_everything_whichever_step_of_the_store_fails) {
    for_each_failing_step([](Clinic& clinic) { return std::pair{clinic.a_visit(), clinic.doctor()}; },
                          [](Clinic& clinic, auto& ready) {
                              AddParticipant use_case{clinic.services};
                              const auto added =
                                  clinic.run(use_case(ready.second, an_observer(ready.first.id), {}));
                              clinic.database.heal();
                              EXPECT_EQ(clinic.session(ready.first.id).participants.size(), added ? 4U : 3U);
                              return added;
                          });
}

TEST(RemoveParticipant, voids_everything_the_person_holds_at_once) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    RemoveParticipant use_case{clinic.services};

    const auto removed = clinic.run(use_case(clinic.doctor(),
                                             {.session = running.session.id,
                                              .participant = Clinic::seat(running.session, Role::interpreter),
                                              .reason = "PHI-loud"},
                                             {}));

    ASSERT_TRUE(removed.has_value());
    application::VisitAuthentication authenticate{clinic.services};
    EXPECT_EQ(refusal_of(clinic.run(authenticate.live(running.interpreter, {}))), ErrorCode::unauthorized);
    EXPECT_TRUE(clinic.run(authenticate.live(running.patient, {})).has_value());
}

TEST(RemoveParticipant, makes_their_link_void_too) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    const std::string code = clinic.a_link(session, Role::interpreter);
    RemoveParticipant use_case{clinic.services};
    ASSERT_TRUE(clinic.run(use_case(
        clinic.doctor(),
        {.session = session.id, .participant = Clinic::seat(session, Role::interpreter), .reason = "x"},
        {})));
    application::JoinVisit join{clinic.services};
    EXPECT_EQ(refusal_of(clinic.run(join(clinic.holder(code), {}, {}))), ErrorCode::token_invalid);
}

TEST(IssueJoinToken, voids_the_link_before_it) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    const std::string first = clinic.a_link(session, Role::patient);
    const std::string second = clinic.a_link(session, Role::patient);
    application::JoinVisit join{clinic.services};
    EXPECT_EQ(refusal_of(clinic.run(join(clinic.holder(first), {}, {}))), ErrorCode::token_invalid);
    EXPECT_TRUE(clinic.run(join(clinic.holder(second), {}, {})).has_value());
}

TEST(IssueJoinToken, leaves_the_version_alone_unless_it_invites_a_removed_person_again) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    const ParticipantId interpreter = Clinic::seat(session, Role::interpreter);
    (void)clinic.a_link(session, Role::interpreter);
    EXPECT_EQ(clinic.session(session.id).version, 1U);

    RemoveParticipant remove{clinic.services};
    ASSERT_TRUE(clinic.run(
        remove(clinic.doctor(), {.session = session.id, .participant = interpreter, .reason = "x"}, {})));
    (void)clinic.a_link(session, Role::interpreter);
    EXPECT_EQ(clinic.session(session.id).version, 3U);
    EXPECT_EQ(clinic.session(session.id).participants[2].status, ParticipantStatus::invited);
}

TEST(IssueJoinToken, does_not_invite_again_into_a_full_visit) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    const ParticipantId interpreter = Clinic::seat(session, Role::interpreter);
    RemoveParticipant remove{clinic.services};
    ASSERT_TRUE(clinic.run(
        remove(clinic.doctor(), {.session = session.id, .participant = interpreter, .reason = "x"}, {})));
    clinic.configure([](auto& config) { config.max_participants = 2; });
    IssueJoinToken issue{clinic.services};
    EXPECT_EQ(refusal_of(clinic.run(
                  issue(clinic.doctor(), {.session = session.id, .participant = interpreter}, {}))),
              ErrorCode::max_participants_exceeded);
}

TEST(IssueJoinToken, refuses_a_finished_session_and_a_stranger) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    IssueJoinToken issue{clinic.services};
    EXPECT_EQ(
        refusal_of(clinic.run(issue(clinic.doctor(), {.session = session.id, .participant = nobody()}, {}))),
        ErrorCode::participant_not_found);
    application::CancelSession cancel{clinic.services};
    ASSERT_TRUE(clinic.run(cancel(clinic.doctor(), {session.id, session.version, "test"}, {})));
    EXPECT_EQ(refusal_of(clinic.run(
                  issue(clinic.doctor(),
                        {.session = session.id, .participant = Clinic::seat(session, Role::patient)}, {}))),
              ErrorCode::invalid_status_transition);
}

TEST(IssueJoinToken, needs_its_keys) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    clinic.keys.is_away = true;
    IssueJoinToken issue{clinic.services};
    EXPECT_EQ(refusal_of(clinic.run(
                  issue(clinic.doctor(),
                        {.session = session.id, .participant = Clinic::seat(session, Role::patient)}, {}))),
              ErrorCode::key_service_unavailable);
}

TEST(IssueJoinToken, fails_when_the_store_does) {
    for_each_failing_step(
        [](Clinic& clinic) { return std::pair{clinic.a_visit(), clinic.doctor()}; },
        [](Clinic& clinic, auto& ready) {
            IssueJoinToken issue{clinic.services};
            return clinic.run(issue(
                ready.second,
                {.session = ready.first.id, .participant = Clinic::seat(ready.first, Role::patient)}, {}));
        });
}

}  // namespace
}  // namespace vcare::testing
