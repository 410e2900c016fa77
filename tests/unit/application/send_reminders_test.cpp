// SPDX-License-Identifier: Apache-2.0
#include "application/send_reminders.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "application/reschedule_session.hpp"
#include "support/fakes/telling_clinic.hpp"

namespace vcare::testing {
namespace {

using application::SendReminders;
using application::TellLiveStreams;

struct RemindingClinic : TellingClinic {
    void remind() {
        SendReminders reminders{services};
        ASSERT_TRUE(run(reminders.run_once()).has_value());
    }
};

TEST(SendReminders, tell_everybody_once_each_time_the_clinic_wants_it) {
    RemindingClinic clinic;
    const SessionData session = clinic.a_visit_tomorrow();
    const ParticipantId patient = Clinic::seat(session, Role::patient);
    const Instant start = session.scheduled_start;
    for (const Instant when : {start - hours{24} - seconds{1}, start - hours{24}, start - hours{5},
                               start - minutes{10}, start - minutes{1}, start + minutes{1}}) {
        clinic.clock.time = when;
        clinic.remind();
        clinic.remind();
        clinic.relay();
    }

    EXPECT_EQ(clinic.heard(patient), (Heard{"invitation", "reminder", "reminder"}));
    EXPECT_EQ(clinic.heard(Clinic::seat(session, Role::provider)), (Heard{"reminder", "reminder"}));
    EXPECT_TRUE(clinic.join(clinic.code_for(patient)).has_value());
}

TEST(SendReminders, say_nothing_after_an_outage_that_went_on_until_the_visit_should_have_begun) {
    RemindingClinic clinic;
    const SessionData session = clinic.a_visit_tomorrow();
    clinic.clock.time = session.scheduled_start + seconds{1};
    clinic.remind();
    clinic.relay();

    EXPECT_EQ(clinic.heard(Clinic::seat(session, Role::patient)), Heard{"invitation"});
}

TEST(SendReminders, follow_a_visit_that_was_moved_and_stop_with_one_that_is_off) {
    RemindingClinic clinic;
    const SessionData moved = clinic.a_visit_tomorrow();
    const SessionData off = clinic.a_visit_tomorrow();
    application::RescheduleSession reschedule{clinic.services};
    const Instant later = moved.scheduled_start + days{1};
    ASSERT_TRUE(clinic.run(reschedule(clinic.doctor(), {.session = moved.id, .scheduled_start = later}, {})));
    clinic.cancel(off);
    for (const Instant when : {moved.scheduled_start - minutes{10}, later - minutes{10}}) {
        clinic.clock.time = when;
        clinic.remind();
        clinic.relay();
        const std::size_t reminders = when < moved.scheduled_start ? 0 : 1;
        const auto heard = clinic.heard(Clinic::seat(moved, Role::patient));
        EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(heard, "reminder")), reminders)
            << "at " << domain::to_rfc3339(when);
    }

    EXPECT_EQ(clinic.heard(Clinic::seat(off, Role::patient)), (Heard{"invitation", "cancellation"}));
}

TEST(SendReminders, tell_nobody_of_a_visit_that_is_cancelled_at_this_very_moment) {
    RemindingClinic clinic;
    const SessionData session = clinic.a_visit_tomorrow();
    clinic.clock.time = session.scheduled_start - minutes{10};
    clinic.units.before_next = [&] { clinic.cancel(session); };
    clinic.remind();
    clinic.clock.time += SendReminders::lease;
    clinic.remind();
    clinic.relay();

    EXPECT_EQ(clinic.heard(Clinic::seat(session, Role::patient)), (Heard{"invitation", "cancellation"}));
}

TEST(SendReminders, leave_a_claim_to_the_replica_that_has_it_and_take_it_when_that_one_died) {
    RemindingClinic clinic;
    const SessionData session = clinic.a_visit_tomorrow();
    const ParticipantId patient = Clinic::seat(session, Role::patient);
    clinic.clock.time = session.scheduled_start - minutes{10};
    const Instant until = clinic.clock.time + SendReminders::lease;
    ASSERT_EQ(clinic.run(clinic.queues->claim_reminders(clinic.clock.time, until, 10))->size(), 1U);
    clinic.remind();
    clinic.relay();
    EXPECT_EQ(clinic.heard(patient), Heard{"invitation"});

    clinic.clock.time = until;
    clinic.remind();
    clinic.relay();
    EXPECT_EQ(clinic.heard(patient), (Heard{"invitation", "reminder"}));
}

TEST(SendReminders, tell_once_whichever_step_of_the_store_fails) {
    const auto prepare = [](Clinic& clinic) {
        clinic.services.notifying = {.by = application::Notifying::By::events,
                                     .page_url = std::string{page_of_visits}};
        const SessionData session = clinic.a_visit();
        clinic.clock.time = session.scheduled_start - minutes{1};
        application::ReminderWrite due{.session = session.id, .due = clinic.clock.time};
        const auto scope = clinic.doctor().scope;
        EXPECT_TRUE(clinic.run(clinic.units.commit(scope, {.reminders = {due}, .at = clinic.clock.time})));
        return session;
    };
    for_each_failing_step(prepare, [](Clinic& clinic, const SessionData& session) {
        SendReminders reminders{clinic.services};
        auto round = clinic.run(reminders.run_once());
        clinic.database.heal();
        clinic.clock.time += SendReminders::lease;
        EXPECT_TRUE(clinic.run(reminders.run_once()).has_value());
        TellLiveStreams tell{clinic.services};
        EXPECT_TRUE(clinic.run(tell.run_once()).has_value());
        const auto reminded = std::ranges::count_if(clinic.live.announced, [&](const auto& told) {
            return text_field(told.entry.event, "category") == "reminder" &&
                   text_field(told.entry.event, "participantId") ==
                       Clinic::seat(session, Role::patient).text();
        });
        EXPECT_EQ(reminded, 1);
        return round;
    });
}

}  // namespace
}  // namespace vcare::testing
