// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "application/add_participant.hpp"
#include "application/issue_join_token.hpp"
#include "application/relay_outbox.hpp"
#include "application/remove_participant.hpp"
#include "application/request_new_link.hpp"
#include "application/reschedule_session.hpp"
#include "application/tell_live_streams.hpp"
#include "support/fakes/telling_clinic.hpp"

namespace vcare::testing {
namespace {

using application::RelayOutbox;
using application::TellLiveStreams;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(Invitation, brings_a_link_that_lets_its_person_in_and_that_is_stored_nowhere) {
    TellingClinic clinic;
    const SessionData session = clinic.a_visit();
    const ParticipantId patient = Clinic::seat(session, Role::patient);
    clinic.relay();

    EXPECT_EQ(clinic.heard(patient), Heard{"invitation"});
    EXPECT_THAT(clinic.heard(Clinic::seat(session, Role::provider)), IsEmpty()) << "they booked it";
    EXPECT_THAT(clinic.heard(Clinic::seat(session, Role::interpreter)), IsEmpty()) << "no way to them";
    const std::string code = clinic.code_for(patient);
    ASSERT_EQ(code.size(), 22U);
    const auto log = clinic.run(clinic.event_log->events_after(clinic.doctor().scope, session.id, 0, 100));
    for (const auto& event : *log)
        EXPECT_THAT(everything_in(event.entry.event.data), Not(HasSubstr("joinUrl")));
    EXPECT_EQ(clinic.join(code)->participant, patient);
}

TEST(Invitation, that_is_published_again_brings_the_same_link) {
    TellingClinic clinic;
    const ParticipantId patient = Clinic::seat(clinic.a_visit(), Role::patient);
    TellLiveStreams tell{clinic.services};
    ASSERT_TRUE(clinic.run(tell.run_once()).has_value());
    RelayOutbox relay{clinic.services};
    std::vector<std::string> codes;
    // Claiming, then loading the session, finding its token, and so on: the one after them all marks it.
    for (unsigned step = 1; step < 40 && codes.size() < 2; ++step) {
        clinic.database.fail_after(step);
        (void)clinic.run(relay.run_once());
        clinic.database.heal();
        if (const auto told = clinic.intents(patient); told.size() > codes.size())
            codes.push_back(clinic.code_for(patient));
        clinic.clock.time += RelayOutbox::claim_life;
    }

    ASSERT_GE(codes.size(), 1U);
    for (const std::string& code : codes) EXPECT_EQ(code, codes[0]);
    EXPECT_TRUE(clinic.join(codes[0]).has_value());
}

TEST(Invitation, goes_to_nobody_once_the_visit_is_cancelled_and_the_cancellation_does) {
    TellingClinic clinic;
    clinic.broker.is_away = true;
    const SessionData session = clinic.a_visit();
    clinic.relay();
    clinic.cancel(session);
    clinic.broker.is_away = false;
    clinic.relay();

    EXPECT_EQ(clinic.heard(Clinic::seat(session, Role::patient)), Heard{"cancellation"});
    EXPECT_EQ(clinic.run(clinic.queues->lengths())->outbox_pending, 0);
}

TEST(Invitation, is_sent_to_whoever_is_added_and_again_to_whoever_was_taken_out) {
    TellingClinic clinic;
    const SessionData session = clinic.a_visit();
    application::AddParticipant add{clinic.services};
    const auto added = clinic.run(
        add(clinic.doctor(),
            {.session = session.id, .role = Role::observer, .contact = {.phone = phi("PHONE")}}, {}));
    application::RemoveParticipant remove{clinic.services};
    ASSERT_TRUE(clinic.run(remove(
        clinic.doctor(), {.session = session.id, .participant = added->participant, .reason = "x"}, {})));
    application::IssueJoinToken issue{clinic.services};
    ASSERT_TRUE(
        clinic.run(issue(clinic.doctor(), {.session = session.id, .participant = added->participant}, {})));
    clinic.relay();

    EXPECT_EQ(clinic.heard(added->participant), (Heard{"invitation", "invitation"}));
    EXPECT_EQ(clinic.join(clinic.code_for(added->participant))->participant, added->participant);
}

TEST(NewLink, is_sent_when_staff_make_one_and_is_the_one_they_made) {
    TellingClinic clinic;
    const SessionData session = clinic.a_visit();
    const std::string made = clinic.a_link(session, Role::patient);
    clinic.relay();

    const ParticipantId patient = Clinic::seat(session, Role::patient);
    EXPECT_EQ(clinic.heard(patient), (Heard{"invitation", "new_link"}));
    EXPECT_EQ(clinic.code_for(patient), made);
}

TEST(NewLink, is_sent_once_for_each_link_that_is_used_up_however_often_it_is_asked_for) {
    TellingClinic clinic;
    const SessionData session = clinic.a_visit();
    const ParticipantId patient = Clinic::seat(session, Role::patient);
    clinic.relay();
    const std::string first = clinic.code_for(patient);
    ASSERT_TRUE(clinic.join(first).has_value());
    application::RequestNewLink ask{clinic.services};
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(clinic.run(ask(clinic.holder(first))).has_value());
    clinic.relay();

    EXPECT_EQ(clinic.heard(patient), (Heard{"invitation", "new_link"}));
    const std::string second = clinic.code_for(patient);
    EXPECT_NE(second, first);
    ASSERT_TRUE(clinic.join(second).has_value());
    ASSERT_TRUE(clinic.run(ask(clinic.holder(first))).has_value()) << "an old one will do to ask with";
    clinic.relay();
    EXPECT_EQ(clinic.heard(patient), (Heard{"invitation", "new_link", "new_link"}));
}

TEST(Reschedule, brings_everybody_the_link_for_the_new_time) {
    TellingClinic clinic;
    const SessionData session = clinic.a_visit_tomorrow();
    const ParticipantId patient = Clinic::seat(session, Role::patient);
    application::RescheduleSession reschedule{clinic.services};
    ASSERT_TRUE(clinic.run(
        reschedule(clinic.doctor(), {.session = session.id, .scheduled_start = nine_o_clock}, {})));
    clinic.relay();

    EXPECT_EQ(clinic.heard(patient), (Heard{"invitation", "reschedule"}));
    EXPECT_TRUE(clinic.join(clinic.code_for(patient)).has_value());
}

TEST(ProviderReady, is_told_once_with_the_link_they_have) {
    TellingClinic clinic;
    const SessionData session = clinic.a_visit();
    const ParticipantId patient = Clinic::seat(session, Role::patient);
    clinic.relay();
    const std::string link = clinic.code_for(patient);
    clinic.doctor_comes_in(session);
    clinic.doctor_comes_in(session);
    clinic.relay();

    EXPECT_EQ(clinic.heard(patient), (Heard{"invitation", "provider_ready"}));
    EXPECT_EQ(clinic.code_for(patient), link);
}

TEST(Notifications, are_not_even_decided_where_nobody_is_told) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    for (const application::UnitOfWork& unit : clinic.units.written) {
        EXPECT_THAT(unit.notifications, IsEmpty());
        EXPECT_THAT(unit.reminders, IsEmpty());
    }
}

TEST(Notifications, are_published_in_the_end_whichever_step_of_the_store_fails) {
    const auto prepare = [](Clinic& clinic) {
        clinic.services.notifying = {.by = application::Notifying::By::events,
                                     .page_url = std::string{page_of_visits}};
        (void)clinic.a_visit();
        TellLiveStreams tell{clinic.services};
        EXPECT_TRUE(clinic.run(tell.run_once()).has_value());
        return 0;
    };
    for_each_failing_step(prepare, [](Clinic& clinic, int) {
        RelayOutbox relay{clinic.services};
        auto round = clinic.run(relay.run_once());
        clinic.database.heal();
        clinic.clock.time += RelayOutbox::claim_life;
        EXPECT_TRUE(clinic.run(relay.run_once()).has_value());
        EXPECT_EQ(clinic.broker.events.back().event.type, EventType::notification_requested);
        EXPECT_EQ(clinic.run(clinic.queues->lengths())->outbox_pending, 0);
        return round;
    });
}

}  // namespace
}  // namespace vcare::testing
