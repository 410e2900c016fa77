// SPDX-License-Identifier: Apache-2.0
#include "domain/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/builders/session_builder.hpp"

namespace vcare::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Occasion ten_past = at(nine_o_clock + minutes{10}, "user-7");

TenantConfig asking_at_the_join() {
    TenantConfig config;
    config.telehealth_consent_at = TelehealthConsentAt::join;
    return config;
}

TenantConfig letting_interpreters_in() {
    TenantConfig config;
    config.interpreter_bypasses_waiting_room = true;
    return config;
}

Session::Plan a_plan(std::vector<NewParticipant> people = {{.id = the_provider(), .role = Role::provider},
                                                           {.id = the_patient(), .role = Role::patient}}) {
    SessionData data = a_session().data();
    data.participants.clear();
    data.version = 40;
    data.status = SessionStatus::failed;
    return {.data = std::move(data), .participants = std::move(people)};
}

ErrorCode code_of(const Result<void>& result) {
    EXPECT_FALSE(result.has_value());
    return result ? ErrorCode::not_found : result.error().code;
}

// --- create

TEST(SessionCreate, makes_a_scheduled_session_of_version_one_whatever_the_plan_said) {
    auto session = Session::create(a_plan(), a_proof_to_create(a_plan().data.id), TenantConfig{}, ten_past);

    ASSERT_TRUE(session.has_value());
    EXPECT_EQ(session->data().status, SessionStatus::scheduled);
    EXPECT_EQ(session->data().version, 1U);
    EXPECT_FALSE(session->data().consent_pending);
    EXPECT_EQ(session->data().created_at, ten_past.at);
    EXPECT_EQ(session->data().updated_at, ten_past.at);
    EXPECT_EQ(session->patient().id, the_patient());
    EXPECT_FALSE(session->was_active());
}

TEST(SessionCreate, notes_a_new_session_with_everybody_invited) {
    auto session = Session::create(a_plan(), a_proof_to_create(a_plan().data.id), TenantConfig{}, ten_past);
    ASSERT_TRUE(session.has_value());

    const SessionChange change = session->take_change();

    EXPECT_EQ(change.previous_version, 0U);
    EXPECT_TRUE(change.versioned);
    EXPECT_FALSE(change.owes_encounter);
    EXPECT_THAT(change.touched, ElementsAre(the_provider(), the_patient()));
    EXPECT_THAT(types_of(change.timeline),
                ElementsAre("session.created", "participant.invited", "participant.invited"));
    EXPECT_THAT(types_of(change.events),
                ElementsAre(EventType::session_created, EventType::participant_invited,
                            EventType::participant_invited));
    for (const TimelineItem& item : change.timeline) EXPECT_EQ(item.actor, "user-7");
}

TEST(SessionCreate, is_refused_without_the_telehealth_consent) {
    auto session = Session::create(a_plan(), std::nullopt, TenantConfig{}, ten_past);

    ASSERT_FALSE(session.has_value());
    EXPECT_EQ(session.error().code, ErrorCode::consent_required);
}

TEST(SessionCreate, waits_for_the_consent_where_the_clinic_asks_at_the_join) {
    auto session = Session::create(a_plan(), std::nullopt, asking_at_the_join(), ten_past);

    ASSERT_TRUE(session.has_value());
    EXPECT_TRUE(session->data().consent_pending);
}

TEST(SessionCreate, does_not_take_the_consent_of_another_patient_or_clinic) {
    const auto other_patient = an_opaque_id<PatientId>("patient-2");
    const SessionId id = a_plan().data.id;
    for (const TenantConfig& config : {TenantConfig{}, asking_at_the_join()}) {
        auto of_another =
            Session::create(a_plan(), a_proof_to_create(id, this_clinic(), other_patient), config, ten_past);
        auto of_elsewhere =
            Session::create(a_plan(), a_proof_to_create(id, another_clinic()), config, ten_past);
        ASSERT_FALSE(of_another.has_value());
        ASSERT_FALSE(of_elsewhere.has_value());
        EXPECT_EQ(of_another.error().code, ErrorCode::consent_required);
        EXPECT_EQ(of_elsewhere.error().code, ErrorCode::consent_required);
    }
}

TEST(SessionCreate, has_one_patient) {
    auto session = Session::create(
        a_plan({{.id = the_patient(), .role = Role::patient}, {.id = nobody(), .role = Role::patient}}),
        a_proof_to_create(a_plan().data.id), TenantConfig{}, ten_past);
    ASSERT_FALSE(session.has_value());
    EXPECT_EQ(session.error().code, ErrorCode::duplicate_patient);
}

TEST(SessionCreate, carries_as_many_people_as_the_clinic_allows_and_no_more) {
    TenantConfig config;
    config.max_participants = 2;
    std::vector<NewParticipant> three = {{.id = the_provider(), .role = Role::provider},
                                         {.id = the_patient(), .role = Role::patient},
                                         {.id = the_observer(), .role = Role::observer}};
    EXPECT_TRUE(Session::create(a_plan(), a_proof_to_create(a_plan().data.id), config, ten_past).has_value());
    auto too_many = Session::create(a_plan(three), a_proof_to_create(a_plan().data.id), config, ten_past);
    ASSERT_FALSE(too_many.has_value());
    EXPECT_EQ(too_many.error().code, ErrorCode::max_participants_exceeded);
}

TEST(SessionCreateDeathTest, without_a_patient_is_a_bug_of_the_caller) {
    EXPECT_DEATH((void)Session::create(a_plan({{.id = the_provider(), .role = Role::provider}}),
                                       a_proof_to_create(a_plan().data.id), TenantConfig{}, ten_past),
                 "the use case adds the patient");
}

// --- versions and changes

TEST(SessionVersion, grows_by_one_for_a_unit_of_work_however_many_steps_it_has) {
    Session session = a_session().active().interpreter(ParticipantStatus::waiting).build();

    ASSERT_TRUE(session.admit_other(the_interpreter(), a_present_provider(), ten_past));
    ASSERT_TRUE(session.end("completed", ten_past));

    EXPECT_EQ(session.data().version, 8U);
    EXPECT_EQ(session.take_change().previous_version, 7U);
}

TEST(SessionVersion, grows_again_after_the_change_was_taken) {
    Session session = a_session().active().build();
    ASSERT_TRUE(session.fall_back(Mode::audio_only, "low_bandwidth", ten_past));
    ASSERT_EQ(session.take_change().previous_version, 7U);

    ASSERT_TRUE(session.end("completed", ten_past));

    const SessionChange change = session.take_change();
    EXPECT_EQ(change.previous_version, 8U);
    EXPECT_EQ(session.data().version, 9U);
}

TEST(SessionVersion, stays_for_connections_and_links) {
    Session session = a_session().active().interpreter(ParticipantStatus::admitted).build();

    ASSERT_TRUE(session.join_media(the_interpreter(), ten_past));
    ASSERT_TRUE(session.report_connection(the_interpreter(), ConnectionQuality::poor, Mode::video, ten_past));
    ASSERT_TRUE(session.lose_transport(the_interpreter(), ten_past));
    ASSERT_TRUE(session.come_back(the_interpreter(), ten_past));
    ASSERT_TRUE(session.ask_for_link(the_interpreter(), ten_past));

    EXPECT_EQ(session.data().version, 7U);
    const SessionChange change = session.take_change();
    EXPECT_FALSE(change.versioned);
    EXPECT_EQ(change.previous_version, 7U);
    EXPECT_THAT(change.touched, ElementsAre(the_interpreter()));
}

TEST(SessionTimeline, gives_every_line_about_a_person_the_next_step_of_that_person) {
    Session session = a_session().active().interpreter(ParticipantStatus::admitted).build();

    ASSERT_TRUE(session.join_media(the_interpreter(), ten_past));
    ASSERT_TRUE(session.lose_transport(the_interpreter(), ten_past));
    ASSERT_TRUE(session.lose_transport(the_patient(), ten_past));

    const SessionChange change = session.take_change();
    ASSERT_EQ(change.timeline.size(), 3U);
    EXPECT_EQ(change.timeline[0].step, 1U);
    EXPECT_EQ(change.timeline[1].step, 2U);
    EXPECT_EQ(change.timeline[2].step, 1U);
    EXPECT_EQ(change.timeline[2].participant, the_patient());
    EXPECT_EQ(session.find(the_interpreter())->step, 2U);
}

// --- reschedule

TEST(SessionReschedule, moves_the_window_and_tells_where_it_was) {
    Session session = a_session().build();
    const Instant tomorrow = nine_o_clock + days{1};

    ASSERT_TRUE(session.reschedule(tomorrow, tomorrow + minutes{45}, ten_past));

    EXPECT_EQ(session.data().scheduled_start, tomorrow);
    EXPECT_EQ(session.data().scheduled_end, tomorrow + minutes{45});
    const SessionChange change = session.take_change();
    ASSERT_THAT(types_of(change.events), ElementsAre(EventType::session_rescheduled));
    EXPECT_EQ(text_field(change.events[0], "previousStart"), to_rfc3339(nine_o_clock));
    EXPECT_EQ(text_field(change.events[0], "scheduledStart"), to_rfc3339(tomorrow));
}

// --- join

TEST(SessionJoin, brings_the_first_person_and_the_session_into_the_waiting_room) {
    Session session = a_session().build();

    ASSERT_TRUE(
        session.join(the_patient(), a_proof_to(GatedCommand::join, session), TenantConfig{}, ten_past));

    EXPECT_EQ(session.data().status, SessionStatus::waiting);
    EXPECT_EQ(session.find(the_patient())->status, ParticipantStatus::waiting);
    EXPECT_EQ(session.find(the_patient())->joined_at, ten_past.at);
    const SessionChange change = session.take_change();
    ASSERT_THAT(types_of(change.events),
                ElementsAre(EventType::session_waiting, EventType::participant_joined));
    EXPECT_EQ(text_field(change.events[0], "participantId"), the_patient().text());
    EXPECT_EQ(text_field(change.events[0], "at"), to_rfc3339(ten_past.at));
}

TEST(SessionJoin, tells_of_the_waiting_session_only_once) {
    Session session = a_session().waiting().interpreter().build();

    ASSERT_TRUE(session.join(the_interpreter(), std::nullopt, TenantConfig{}, ten_past));

    EXPECT_THAT(types_of(session.take_change().events), ElementsAre(EventType::participant_joined));
}

TEST(SessionJoin, lets_a_provider_straight_in) {
    Session session = a_session().build();

    ASSERT_TRUE(session.join(the_provider(), std::nullopt, TenantConfig{}, ten_past));

    EXPECT_EQ(session.find(the_provider())->status, ParticipantStatus::active);
    EXPECT_EQ(session.data().status, SessionStatus::waiting);
}

TEST(SessionJoin, refuses_the_patient_without_consent_and_changes_nothing) {
    Session session = a_session().build();
    const SessionData before = session.data();

    EXPECT_EQ(code_of(session.join(the_patient(), std::nullopt, TenantConfig{}, ten_past)),
              ErrorCode::consent_required);

    EXPECT_EQ(session.data(), before);
    EXPECT_THAT(session.take_change().events, IsEmpty());
}

TEST(SessionJoin, does_not_take_a_consent_of_somebody_else) {
    Session session = a_session().build();
    EXPECT_EQ(code_of(session.join(the_patient(), a_proof_to(GatedCommand::join, session, another_clinic()),
                                   TenantConfig{}, ten_past)),
              ErrorCode::consent_required);
    EXPECT_EQ(code_of(session.join(the_patient(), a_proof_to(GatedCommand::join, session, another_clinic()),
                                   asking_at_the_join(), ten_past)),
              ErrorCode::consent_required);
}

TEST(SessionJoin, notes_that_consent_is_pending_where_the_clinic_asks_at_the_join) {
    Session session = a_session().build();

    ASSERT_TRUE(session.join(the_patient(), std::nullopt, asking_at_the_join(), ten_past));

    EXPECT_TRUE(session.data().consent_pending);
    EXPECT_EQ(session.find(the_patient())->status, ParticipantStatus::waiting);
}

TEST(SessionJoin, clears_a_pending_consent_when_the_patient_brings_it) {
    Session session = a_session().consent_pending().build();
    ASSERT_TRUE(
        session.join(the_patient(), a_proof_to(GatedCommand::join, session), asking_at_the_join(), ten_past));
    EXPECT_FALSE(session.data().consent_pending);
}

TEST(SessionJoin, asks_nobody_but_the_patient_for_consent) {
    Session session = a_session().consent_pending().interpreter().build();
    ASSERT_TRUE(session.join(the_interpreter(), std::nullopt, TenantConfig{}, ten_past));
    EXPECT_TRUE(session.data().consent_pending);
}

TEST(SessionJoin, of_somebody_who_was_in_leaves_them_where_they_are) {
    Session session = a_session().active().build();

    ASSERT_TRUE(
        session.join(the_patient(), a_proof_to(GatedCommand::join, session), TenantConfig{}, ten_past));

    EXPECT_EQ(session.find(the_patient())->status, ParticipantStatus::active);
    EXPECT_EQ(session.find(the_patient())->joined_at, nine_o_clock - minutes{5});
}

TEST(SessionJoin, after_a_lost_connection_gives_back_the_place_in_the_visit) {
    Session session = a_session().active().build();
    ASSERT_TRUE(session.lose_transport(the_patient(), ten_past));

    ASSERT_TRUE(
        session.join(the_patient(), a_proof_to(GatedCommand::join, session), TenantConfig{}, ten_past));

    EXPECT_EQ(session.find(the_patient())->status, ParticipantStatus::active);
    EXPECT_FALSE(session.find(the_patient())->status_to_resume.has_value());
}

TEST(SessionJoin, after_leaving_goes_through_the_waiting_room_again) {
    Session session = a_session().active().build();
    ASSERT_TRUE(session.leave(the_patient(), ten_past));
    ASSERT_TRUE(session.find(the_patient())->left_at.has_value());

    ASSERT_TRUE(
        session.join(the_patient(), a_proof_to(GatedCommand::join, session), TenantConfig{}, ten_past));

    EXPECT_EQ(session.find(the_patient())->status, ParticipantStatus::waiting);
    EXPECT_FALSE(session.find(the_patient())->left_at.has_value());
}

TEST(SessionJoin, brings_a_provider_who_left_straight_back_in) {
    Session session = a_session().active().build();
    ASSERT_TRUE(session.leave(the_provider(), ten_past));
    ASSERT_TRUE(session.join(the_provider(), std::nullopt, TenantConfig{}, ten_past));
    EXPECT_EQ(session.find(the_provider())->status, ParticipantStatus::active);
}

TEST(SessionJoin, lets_an_interpreter_in_with_the_provider_where_the_clinic_says_so) {
    Session session = a_session().interpreter().build();

    ASSERT_TRUE(session.join(the_interpreter(), std::nullopt, letting_interpreters_in(), ten_past));
    EXPECT_EQ(session.find(the_interpreter())->status, ParticipantStatus::waiting) << "no provider yet";
    ASSERT_TRUE(session.join(the_provider(), std::nullopt, letting_interpreters_in(), ten_past));

    EXPECT_EQ(session.find(the_interpreter())->status, ParticipantStatus::admitted);
    EXPECT_EQ(session.find(the_interpreter())->admitted_at, ten_past.at);
    EXPECT_EQ(session.data().status, SessionStatus::waiting);
    EXPECT_THAT(types_of(session.take_change().events), ::testing::Contains(EventType::participant_admitted));
}

TEST(SessionJoin, lets_an_interpreter_in_who_comes_after_the_provider) {
    Session session = a_session().waiting().interpreter().build();
    ASSERT_TRUE(session.join(the_interpreter(), std::nullopt, letting_interpreters_in(), ten_past));
    EXPECT_EQ(session.find(the_interpreter())->status, ParticipantStatus::admitted);
}

TEST(SessionJoin, lets_nobody_but_interpreters_pass_the_waiting_room) {
    Session session = a_session().waiting().observer().build();
    ASSERT_TRUE(session.join(the_observer(), std::nullopt, letting_interpreters_in(), ten_past));
    ASSERT_TRUE(session.join(the_patient(), a_proof_to(GatedCommand::join, session),
                             letting_interpreters_in(), ten_past));
    EXPECT_EQ(session.find(the_observer())->status, ParticipantStatus::waiting);
    EXPECT_EQ(session.find(the_patient())->status, ParticipantStatus::waiting);
}

// --- seats

TEST(SessionSeat, of_a_provider_without_a_user_becomes_the_callers) {
    SessionData data = a_session().data();
    data.participants[0].user_id.reset();
    Session session = Session::restore(data);

    ASSERT_TRUE(session.take_seat(the_provider(), a_user("user-9")));

    EXPECT_EQ(session.find(the_provider())->user_id, a_user("user-9"));
}

TEST(SessionSeat, of_somebody_else_cannot_be_taken) {
    Session session = a_session().build();
    EXPECT_EQ(code_of(session.take_seat(the_provider(), a_user("user-9"))), ErrorCode::access_denied);
    EXPECT_EQ(code_of(session.take_seat(the_patient(), a_user("user-9"))), ErrorCode::access_denied);
}

// --- admit

TEST(SessionAdmit, starts_the_visit_with_the_patient) {
    Session session = a_session().waiting().consent_pending().build();

    ASSERT_TRUE(session.admit_patient(true, a_proof_to(GatedCommand::admit, session), a_present_provider(),
                                      ten_past));

    EXPECT_EQ(session.data().status, SessionStatus::active);
    EXPECT_EQ(session.data().actual_start, ten_past.at);
    EXPECT_FALSE(session.data().consent_pending);
    EXPECT_TRUE(session.was_active());
    EXPECT_EQ(session.find(the_patient())->status, ParticipantStatus::admitted);
    EXPECT_EQ(session.find(the_patient())->admitted_at, ten_past.at);
    const SessionChange change = session.take_change();
    EXPECT_THAT(types_of(change.events),
                ElementsAre(EventType::session_started, EventType::participant_admitted));
    EXPECT_EQ(text_field(change.events[0], "actualStart"), to_rfc3339(ten_past.at));
}

TEST(SessionAdmit, of_the_patient_again_does_not_start_the_visit_again) {
    Session session = a_session().active().patient(ParticipantStatus::waiting).build();

    ASSERT_TRUE(session.admit_patient(true, a_proof_to(GatedCommand::admit, session), a_present_provider(),
                                      ten_past));

    EXPECT_EQ(session.data().actual_start, nine_o_clock + minutes{2});
    EXPECT_THAT(types_of(session.take_change().events), ElementsAre(EventType::participant_admitted));
}

TEST(SessionAdmit, keeps_when_somebody_was_admitted_first) {
    Session session = a_session().active().build();
    ASSERT_TRUE(session.leave(the_patient(), ten_past));
    ASSERT_TRUE(
        session.join(the_patient(), a_proof_to(GatedCommand::join, session), TenantConfig{}, ten_past));

    ASSERT_TRUE(session.admit_patient(false, a_proof_to(GatedCommand::admit, session), a_present_provider(),
                                      ten_past));

    EXPECT_EQ(session.find(the_patient())->admitted_at, nine_o_clock + minutes{2});
}

TEST(SessionAdmit, takes_those_linked_to_the_patient_along_when_asked) {
    for (const bool with_linked : {true, false}) {
        Session session = a_session()
                              .waiting()
                              .interpreter(ParticipantStatus::waiting)
                              .linked_to_patient(the_interpreter())
                              .observer(ParticipantStatus::waiting)
                              .build();

        ASSERT_TRUE(session.admit_patient(with_linked, a_proof_to(GatedCommand::admit, session),
                                          a_present_provider(), ten_past));

        EXPECT_EQ(session.find(the_interpreter())->status,
                  with_linked ? ParticipantStatus::admitted : ParticipantStatus::waiting);
        EXPECT_EQ(session.find(the_observer())->status, ParticipantStatus::waiting) << "not linked";
    }
}

TEST(SessionAdmit, does_not_take_along_a_linked_person_who_is_not_there) {
    Session session = a_session().waiting().interpreter().linked_to_patient(the_interpreter()).build();
    ASSERT_TRUE(session.admit_patient(true, a_proof_to(GatedCommand::admit, session), a_present_provider(),
                                      ten_past));
    EXPECT_EQ(session.find(the_interpreter())->status, ParticipantStatus::invited);
}

TEST(SessionAdmit, of_an_interpreter_first_leaves_the_session_waiting) {
    Session session = a_session().waiting().interpreter(ParticipantStatus::waiting).build();

    ASSERT_TRUE(session.admit_other(the_interpreter(), a_present_provider(), ten_past));

    EXPECT_EQ(session.data().status, SessionStatus::waiting);
    EXPECT_FALSE(session.data().actual_start.has_value());
    EXPECT_EQ(session.find(the_interpreter())->status, ParticipantStatus::admitted);
}

TEST(SessionAdmit, of_one_more_person_into_an_active_session_is_legal) {
    Session session = a_session().active().observer(ParticipantStatus::waiting).build();
    ASSERT_TRUE(session.admit_other(the_observer(), a_present_provider(), ten_past));
    EXPECT_EQ(session.data().status, SessionStatus::active);
}

TEST(SessionAdmit, says_the_state_of_the_session_before_the_state_of_the_person) {
    EXPECT_EQ(code_of(a_session().build().may_admit(the_patient())), ErrorCode::invalid_status_transition);
    EXPECT_EQ(code_of(a_session().over(SessionStatus::ended).build().may_admit(the_patient())),
              ErrorCode::invalid_status_transition);
    EXPECT_EQ(code_of(a_session().active().build().may_admit(the_patient())),
              ErrorCode::participant_not_in_waiting_room);
    EXPECT_TRUE(a_session().waiting().build().may_admit(the_patient()).has_value());
}

TEST(SessionAdmit, does_not_take_a_consent_of_another_patient_and_changes_nothing) {
    Session session = a_session().waiting().build();
    const SessionData before = session.data();

    EXPECT_EQ(code_of(session.admit_patient(true, a_proof_to(GatedCommand::admit, session, another_clinic()),
                                            a_present_provider(), ten_past)),
              ErrorCode::consent_required);

    EXPECT_EQ(session.data(), before);
}

TEST(Session, takes_no_consent_that_was_asked_for_by_another_command) {
    const auto admit_with = [](GatedCommand asked_by) {
        Session session = a_session().waiting().build();
        return session.admit_patient(true, a_proof_to(asked_by, session), a_present_provider(), ten_past);
    };
    const auto join_with = [](GatedCommand asked_by, const TenantConfig& config) {
        Session session = a_session().build();
        return session.join(the_patient(), a_proof_to(asked_by, session), config, ten_past);
    };
    EXPECT_TRUE(admit_with(GatedCommand::admit));
    EXPECT_EQ(code_of(admit_with(GatedCommand::join)), ErrorCode::consent_required);
    EXPECT_EQ(code_of(admit_with(GatedCommand::create)), ErrorCode::consent_required);
    EXPECT_TRUE(join_with(GatedCommand::join, TenantConfig{}));
    EXPECT_EQ(code_of(join_with(GatedCommand::admit, TenantConfig{})), ErrorCode::consent_required);
    EXPECT_EQ(code_of(join_with(GatedCommand::admit, asking_at_the_join())), ErrorCode::consent_required);
    const auto made =
        Session::create(a_plan(), a_proof_to_create(an_id<SessionId>(77)), TenantConfig{}, ten_past);
    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(made.error().code, ErrorCode::consent_required);
}

TEST(Session, takes_no_consent_that_was_asked_for_before_the_session_moved_on) {
    Session session = a_session().waiting().build();
    TelehealthProof proof = a_proof_to(GatedCommand::admit, session);
    ASSERT_TRUE(session.reschedule(nine_o_clock, nine_o_clock + minutes{45}, ten_past));

    EXPECT_EQ(code_of(session.admit_patient(true, std::move(proof), a_present_provider(), ten_past)),
              ErrorCode::consent_required);
}

TEST(SessionAdmitDeathTest, of_the_patient_without_a_proof_is_a_bug_of_the_caller) {
    Session session = a_session().waiting().build();
    EXPECT_DEATH((void)session.admit_other(the_patient(), a_present_provider(), ten_past),
                 "admitted with a proof");
}

// --- add, remove, reinvite, leave

TEST(SessionPeople, one_more_is_invited) {
    Session session = a_session().build();

    ASSERT_TRUE(session.add_participant({.id = the_observer(),
                                         .role = Role::observer,
                                         .display_name = phi("NAME"),
                                         .language = "fa-AF",
                                         .linked_to = the_patient()},
                                        3, ten_past));

    const Participant& added = *session.find(the_observer());
    EXPECT_EQ(added.status, ParticipantStatus::invited);
    EXPECT_EQ(added.language, "fa-AF");
    EXPECT_EQ(added.linked_to, the_patient());
    EXPECT_THAT(types_of(session.take_change().events), ElementsAre(EventType::participant_invited));
}

TEST(SessionPeople, there_is_never_a_second_patient) {
    Session session = a_session().build();
    EXPECT_EQ(code_of(session.add_participant({.id = nobody(), .role = Role::patient}, 6, ten_past)),
              ErrorCode::duplicate_patient);
}

TEST(SessionPeople, are_never_more_than_the_limit_and_the_removed_do_not_count) {
    Session full = a_session().interpreter().build();
    EXPECT_EQ(code_of(full.add_participant({.id = the_observer(), .role = Role::observer}, 3, ten_past)),
              ErrorCode::max_participants_exceeded);

    Session with_a_free_place = a_session().interpreter(ParticipantStatus::removed).build();
    EXPECT_TRUE(
        with_a_free_place.add_participant({.id = the_observer(), .role = Role::observer}, 3, ten_past));
}

TEST(SessionPeople, can_be_linked_only_to_somebody_who_is_there) {
    Session session = a_session().build();
    const auto answer = session.add_participant(
        {.id = the_observer(), .role = Role::observer, .linked_to = nobody()}, 6, ten_past);
    EXPECT_EQ(code_of(answer), ErrorCode::validation_error);
    EXPECT_EQ(answer.error().fields.at(0).pointer, "/linkedTo");
}

TEST(SessionPeople, who_are_removed_are_stamped_with_the_reason) {
    Session session = a_session().active().interpreter(ParticipantStatus::active).build();

    ASSERT_TRUE(session.remove_participant(the_interpreter(), "PHI-REASON typed", ten_past));

    const Participant& who = *session.find(the_interpreter());
    EXPECT_EQ(who.removed_at, ten_past.at);
    EXPECT_EQ(who.removed_reason, "PHI-REASON typed");
    EXPECT_TRUE(who.is_removed());
    const SessionChange change = session.take_change();
    ASSERT_THAT(types_of(change.events), ElementsAre(EventType::participant_removed));
    EXPECT_EQ(text_field(change.events[0], "reason"), "other");
}

TEST(SessionPeople, keep_their_last_provider) {
    Session session = a_session().active().build();
    EXPECT_EQ(code_of(session.remove_participant(the_provider(), "by_mistake", ten_past)),
              ErrorCode::invalid_status_transition);

    Session with_two =
        a_session().active().with(the_second_provider(), Role::provider, ParticipantStatus::active).build();
    EXPECT_TRUE(with_two.remove_participant(the_provider(), "by_mistake", ten_past));
    EXPECT_EQ(code_of(with_two.remove_participant(the_second_provider(), "by_mistake", ten_past)),
              ErrorCode::invalid_status_transition)
        << "the other one is gone already";
}

TEST(SessionPeople, without_the_patient_are_still_the_same_session) {
    Session session = a_session().active().build();
    ASSERT_TRUE(session.remove_participant(the_patient(), "wrong_person", ten_past));
    EXPECT_EQ(session.data().status, SessionStatus::active);
}

TEST(SessionPeople, who_were_removed_can_be_invited_again) {
    Session session = a_session().active().interpreter(ParticipantStatus::removed).build();

    ASSERT_TRUE(session.reinvite(the_interpreter(), 6, ten_past));

    const Participant& who = *session.find(the_interpreter());
    EXPECT_EQ(who.status, ParticipantStatus::invited);
    EXPECT_FALSE(who.removed_at.has_value());
    EXPECT_FALSE(who.removed_reason.has_value());
    EXPECT_THAT(types_of(session.take_change().events), ElementsAre(EventType::participant_invited));
}

TEST(SessionPeople, are_not_invited_again_into_a_full_session) {
    Session session = a_session().active().interpreter(ParticipantStatus::removed).build();
    const SessionData before = session.data();
    EXPECT_EQ(code_of(session.reinvite(the_interpreter(), 2, ten_past)),
              ErrorCode::max_participants_exceeded);
    EXPECT_EQ(session.data(), before);
}

TEST(SessionPeople, who_leave_are_disconnected_and_come_back_to_the_waiting_room) {
    Session session = a_session().active().build();

    ASSERT_TRUE(session.leave(the_patient(), ten_past));

    const Participant& who = *session.find(the_patient());
    EXPECT_EQ(who.status, ParticipantStatus::disconnected);
    EXPECT_EQ(who.left_at, ten_past.at);
    EXPECT_EQ(who.status_to_resume, ParticipantStatus::waiting);
    EXPECT_EQ(who.connection, ConnectionQuality::unknown);
    const SessionChange change = session.take_change();
    ASSERT_THAT(types_of(change.events), ElementsAre(EventType::participant_disconnected));
    EXPECT_EQ(text_field(change.events[0], "reason"), "left");
}

// --- connections

TEST(SessionConnection, that_is_lost_keeps_the_place_of_the_person) {
    for (const auto status :
         {ParticipantStatus::waiting, ParticipantStatus::admitted, ParticipantStatus::active}) {
        Session session = a_session().active().interpreter(status).build();

        ASSERT_TRUE(session.lose_transport(the_interpreter(), ten_past));
        EXPECT_EQ(session.find(the_interpreter())->status, ParticipantStatus::disconnected);
        ASSERT_TRUE(session.come_back(the_interpreter(), ten_past));

        EXPECT_EQ(session.find(the_interpreter())->status, status);
        const SessionChange change = session.take_change();
        ASSERT_THAT(types_of(change.events),
                    ElementsAre(EventType::participant_disconnected, EventType::participant_joined));
        EXPECT_EQ(text_field(change.events[0], "reason"), "transport_lost");
    }
}

TEST(SessionConnection, is_noted_only_when_it_is_another_one) {
    Session session = a_session().active().build();
    ASSERT_TRUE(
        session.report_connection(the_patient(), ConnectionQuality::fair, Mode::audio_only, ten_past));
    ASSERT_TRUE(
        session.report_connection(the_patient(), ConnectionQuality::fair, Mode::audio_only, ten_past));
    ASSERT_TRUE(session.report_connection(the_patient(), ConnectionQuality::fair, Mode::video, ten_past));

    const SessionChange change = session.take_change();
    EXPECT_THAT(types_of(change.timeline), ElementsAre("participant.connection", "participant.connection"));
    EXPECT_EQ(change.timeline[0].detail, "fair");
    EXPECT_THAT(change.events, IsEmpty());
}

TEST(SessionConnection, with_media_makes_an_admitted_person_active) {
    Session session = a_session().active().patient(ParticipantStatus::admitted).build();
    ASSERT_TRUE(session.join_media(the_patient(), ten_past));
    EXPECT_EQ(session.find(the_patient())->status, ParticipantStatus::active);
    EXPECT_THAT(types_of(session.take_change().timeline), ElementsAre("participant.media_joined"));
}

TEST(SessionLink, that_somebody_asks_for_is_a_line_for_the_clinic_and_an_event) {
    Session session = a_session().build();
    ASSERT_TRUE(session.ask_for_link(the_patient(), ten_past));
    const SessionChange change = session.take_change();
    EXPECT_THAT(types_of(change.timeline), ElementsAre("link.requested"));
    ASSERT_THAT(types_of(change.events), ElementsAre(EventType::link_requested));
    EXPECT_EQ(text_field(change.events[0], "participantId"), the_patient().text());
}

// --- mode

TEST(SessionMode, changes_for_both_sides_and_says_from_where) {
    Session session = a_session().active().build();

    ASSERT_TRUE(session.fall_back(Mode::audio_only, "low_bandwidth", ten_past));

    EXPECT_EQ(session.data().mode, Mode::audio_only);
    const SessionChange change = session.take_change();
    ASSERT_THAT(types_of(change.events), ElementsAre(EventType::session_mode_changed));
    EXPECT_EQ(text_field(change.events[0], "from"), "video");
    EXPECT_EQ(text_field(change.events[0], "to"), "audio_only");
    EXPECT_EQ(text_field(change.events[0], "reason"), "low_bandwidth");
}

TEST(SessionMode, that_is_the_same_already_changes_nothing) {
    Session session = a_session().active().build();
    const SessionData before = session.data();
    ASSERT_TRUE(session.fall_back(Mode::video, "low_bandwidth", ten_past));
    EXPECT_EQ(session.data(), before);
}

TEST(SessionMode, of_text_asks_for_a_messaging_thread) {
    Session session = a_session().active().build();
    ASSERT_TRUE(session.fall_back(Mode::async_text, "low_bandwidth", ten_past));
    const SessionChange change = session.take_change();
    ASSERT_THAT(types_of(change.events),
                ElementsAre(EventType::session_mode_changed, EventType::messaging_thread_requested));
    EXPECT_EQ(text_field(change.events[1], "reason"), "fallback");
    EXPECT_EQ(text_field(change.events[1], "patientId"), the_patient_id().text());
}

}  // namespace
}  // namespace vcare::testing
