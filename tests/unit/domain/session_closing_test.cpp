// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/session.hpp"
#include "support/builders/session_builder.hpp"

namespace vcare::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Occasion half_past = at(nine_o_clock + minutes{30}, "user-7");

TEST(SessionEnd, of_an_active_visit_owes_an_encounter_and_stamps_everybody_who_was_there) {
    Session session = a_session().active().interpreter(ParticipantStatus::active).observer().build();

    ASSERT_TRUE(session.end("completed", half_past));

    EXPECT_EQ(session.data().actual_end, half_past.at);
    EXPECT_EQ(session.data().end_reason, "completed");
    EXPECT_EQ(session.find(the_patient())->left_at, half_past.at);
    EXPECT_EQ(session.find(the_interpreter())->left_at, half_past.at);
    EXPECT_FALSE(session.find(the_observer())->left_at.has_value()) << "never came";
    const SessionChange change = session.take_change();
    EXPECT_TRUE(change.owes_encounter);
    EXPECT_THAT(change.touched, ElementsAre(the_provider(), the_patient(), the_interpreter()));
    ASSERT_THAT(types_of(change.events), ElementsAre(EventType::session_ended));
    EXPECT_EQ(text_field(change.events[0], "reason"), "completed");
    EXPECT_EQ(text_field(change.events[0], "actualEnd"), to_rfc3339(half_past.at));
}

TEST(SessionEnd, tells_how_long_the_visit_took) {
    Session session = a_session().active().build();
    ASSERT_TRUE(session.end("completed", half_past));
    const SessionChange change = session.take_change();
    for (const EventField& field : change.events.at(0).data) {
        if (field.name == "durationSeconds") EXPECT_EQ(std::get<std::int64_t>(field.value), 28 * 60);
    }
}

TEST(SessionEnd, of_a_waiting_session_owes_nothing) {
    Session session = a_session().waiting().build();

    ASSERT_TRUE(session.end("completed", half_past));

    const SessionChange change = session.take_change();
    EXPECT_FALSE(change.owes_encounter);
    EXPECT_EQ(text_field(change.events.at(0), "actualStart"), "");
}

TEST(SessionEnd, repeated_says_nothing_twice_and_keeps_the_first_reason) {
    Session session = a_session().active().build();
    ASSERT_TRUE(session.end("completed", half_past));
    (void)session.take_change();
    const SessionData before = session.data();

    ASSERT_TRUE(session.end("by_mistake", at(half_past.at + minutes{5})));

    EXPECT_EQ(session.data(), before);
    const SessionChange change = session.take_change();
    EXPECT_FALSE(change.versioned);
    EXPECT_FALSE(change.owes_encounter);
    EXPECT_THAT(change.events, IsEmpty());
    EXPECT_THAT(change.timeline, IsEmpty());
}

TEST(SessionCancel, keeps_the_reason_and_has_no_end) {
    Session session = a_session().build();

    ASSERT_TRUE(session.cancel("patient_request", half_past));

    EXPECT_EQ(session.data().status, SessionStatus::cancelled);
    EXPECT_EQ(session.data().cancel_reason, "patient_request");
    EXPECT_FALSE(session.data().actual_end.has_value());
    const SessionChange change = session.take_change();
    ASSERT_THAT(types_of(change.events), ElementsAre(EventType::session_cancelled));
    EXPECT_EQ(text_field(change.events[0], "reason"), "patient_request");
}

TEST(SessionCancel, repeated_says_nothing_twice) {
    Session session = a_session().over(SessionStatus::cancelled).build();
    const SessionData before = session.data();
    ASSERT_TRUE(session.cancel("by_mistake", half_past));
    EXPECT_EQ(session.data(), before);
    EXPECT_THAT(session.take_change().events, IsEmpty());
}

TEST(SessionCancel, tells_no_more_than_a_known_word_of_what_somebody_typed) {
    for (const std::string typed : {"Patient has the flu", "depression", "PHI-REASON", ""}) {
        Session session = a_session().build();
        ASSERT_TRUE(session.cancel(typed, half_past));
        EXPECT_EQ(session.data().cancel_reason, typed);
        EXPECT_EQ(text_field(session.take_change().events.at(0), "reason"), "other");
    }
}

TEST(SessionExpiry, says_who_did_not_come) {
    using enum ParticipantStatus;
    struct Case {
        ParticipantStatus provider, patient;
        std::string_view reason;
    };
    for (const Case& row : {Case{invited, invited, "nobody_came"}, Case{active, invited, "no_show_patient"},
                            Case{invited, waiting, "provider_absent"}, Case{active, waiting, "not_admitted"},
                            Case{disconnected, disconnected, "not_admitted"}}) {
        const SessionData data = a_session().provider(row.provider).patient(row.patient).data();
        EXPECT_EQ(expiry_reason(data), row.reason);

        Session session = Session::restore(data);
        ASSERT_TRUE(session.expire(at(nine_o_clock + hours{1}, "system:sweeper")));
        EXPECT_EQ(session.data().status, SessionStatus::cancelled);
        EXPECT_EQ(session.data().cancel_reason, row.reason);
        const SessionChange change = session.take_change();
        EXPECT_FALSE(change.owes_encounter);
        EXPECT_EQ(text_field(change.events.at(0), "reason"), row.reason);
        EXPECT_EQ(change.timeline.at(0).actor, "system:sweeper");
    }
}

TEST(SessionAbandonment, ends_the_visit_and_owes_its_encounter) {
    Session session = a_session().active().build();
    ASSERT_TRUE(session.abandon(half_past));
    EXPECT_EQ(session.data().status, SessionStatus::ended);
    EXPECT_EQ(session.data().end_reason, "abandoned");
    EXPECT_TRUE(session.take_change().owes_encounter);
}

TEST(SessionFailure, keeps_why_and_goes_on_in_text) {
    Session session = a_session().active().build();

    ASSERT_TRUE(session.fail("backend_lost", half_past));

    EXPECT_EQ(session.data().status, SessionStatus::failed);
    EXPECT_EQ(session.data().failure_reason, "backend_lost");
    EXPECT_EQ(session.data().actual_end, half_past.at);
    const SessionChange change = session.take_change();
    EXPECT_TRUE(change.owes_encounter);
    EXPECT_THAT(types_of(change.events),
                ElementsAre(EventType::session_failed, EventType::messaging_thread_requested));
    EXPECT_EQ(text_field(change.events[1], "reason"), "failure");
}

TEST(SessionWithdrawal, ends_an_active_visit_and_owes_its_encounter) {
    Session session = a_session().active().build();

    ASSERT_TRUE(session.withdraw_consent(half_past));

    EXPECT_EQ(session.data().status, SessionStatus::ended);
    EXPECT_EQ(session.data().end_reason, "consent_withdrawn");
    const SessionChange change = session.take_change();
    EXPECT_TRUE(change.owes_encounter);
    EXPECT_EQ(text_field(change.events.at(0), "reason"), "consent_withdrawn");
    EXPECT_EQ(types_of(change.timeline).front(), "consent.withdrawn");
}

TEST(SessionWithdrawal, cancels_a_waiting_visit) {
    Session session = a_session().waiting().build();
    ASSERT_TRUE(session.withdraw_consent(half_past));
    EXPECT_EQ(session.data().status, SessionStatus::cancelled);
    EXPECT_EQ(session.data().cancel_reason, "consent_withdrawn");
}

TEST(SessionWithdrawal, leaves_a_scheduled_visit_with_its_consent_pending) {
    Session session = a_session().build();
    ASSERT_TRUE(session.withdraw_consent(half_past));
    EXPECT_EQ(session.data().status, SessionStatus::scheduled);
    EXPECT_TRUE(session.data().consent_pending);
    EXPECT_EQ(session.data().version, 8U);
    EXPECT_THAT(session.take_change().events, IsEmpty());
}

TEST(SessionConsent, given_clears_what_was_pending) {
    Session session = a_session().waiting().consent_pending().build();
    ASSERT_TRUE(session.grant_consent(half_past));
    EXPECT_FALSE(session.data().consent_pending);
    EXPECT_THAT(types_of(session.take_change().timeline), ElementsAre("consent.granted"));
}

TEST(SessionConsent, given_where_nothing_was_pending_changes_nothing) {
    Session session = a_session().waiting().build();
    const SessionData before = session.data();
    ASSERT_TRUE(session.grant_consent(half_past));
    EXPECT_EQ(session.data(), before);
}

TEST(SessionClosing, does_not_move_the_moment_at_which_somebody_left_before) {
    Session session = a_session().active().interpreter(ParticipantStatus::active).build();
    ASSERT_TRUE(session.leave(the_interpreter(), at(nine_o_clock + minutes{10})));
    (void)session.take_change();

    ASSERT_TRUE(session.end("completed", half_past));

    EXPECT_EQ(session.find(the_interpreter())->left_at, nine_o_clock + minutes{10});
    EXPECT_EQ(session.find(the_interpreter())->step, 2U)
        << "whoever changes them at the same moment must lose";
}

TEST(SessionEncounter, once_kept_is_told_with_what_can_be_billed) {
    Session session = a_session().over(SessionStatus::ended).build();

    ASSERT_TRUE(session.keep_encounter("enc-1", 3, at(half_past.at, "system:encounter")));

    EXPECT_EQ(session.data().encounter_id, "enc-1");
    EXPECT_EQ(session.data().version, 7U);
    const SessionChange change = session.take_change();
    ASSERT_THAT(types_of(change.events),
                ElementsAre(EventType::encounter_created, EventType::billing_session_completed));
    EXPECT_EQ(text_field(change.events[0], "encounterId"), "enc-1");
    EXPECT_EQ(text_field(change.events[1], "mode"), "video");
    EXPECT_EQ(text_field(change.events[1], "patientId"), the_patient_id().text());
}

TEST(SessionEncounter, is_kept_once) {
    Session session = a_session().over(SessionStatus::ended).build();
    ASSERT_TRUE(session.keep_encounter("enc-1", 1, half_past));
    (void)session.take_change();
    ASSERT_TRUE(session.keep_encounter("enc-2", 2, half_past));
    EXPECT_EQ(session.data().encounter_id, "enc-1");
    EXPECT_THAT(session.take_change().events, IsEmpty());
}

TEST(SessionEncounterDeathTest, before_the_end_is_a_bug_of_the_caller) {
    Session session = a_session().active().build();
    EXPECT_DEATH((void)session.keep_encounter("enc-1", 1, half_past), "owed when a session is over");
}

}  // namespace
}  // namespace vcare::testing
