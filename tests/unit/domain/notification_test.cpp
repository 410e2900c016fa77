// SPDX-License-Identifier: Apache-2.0
#include "domain/notification.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/session_events.hpp"
#include "support/builders/session_builder.hpp"

namespace vcare::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Category = NotificationCategory;
using Told = std::pair<Category, ParticipantId>;

const std::string the_doctor = "user-of-" + the_provider().text();
constexpr Instant links_open = nine_o_clock - minutes{15};

std::vector<Told> who_and_what(const std::vector<Notification>& notifications) {
    std::vector<Told> told;
    for (const Notification& one : notifications) told.emplace_back(one.category, one.participant);
    return told;
}

/// Whom a command on this session gives something to hear.
template <class Command>
std::vector<Notification> told_of(const SessionBuilder& before, Command command,
                                  const Occasion& occasion = at(nine_o_clock)) {
    Session session = before.build();
    EXPECT_TRUE(command(session, occasion).has_value());
    const SessionChange change = session.take_change();
    return notifications_of(session.data(), change, TenantConfig{}, occasion);
}

const auto cancel = [](Session& session, const Occasion& occasion) {
    return session.cancel("clinic_closed", occasion);
};
const auto provider_joins = [](Session& session, const Occasion& occasion) {
    return session.join(the_provider(), std::nullopt, TenantConfig{}, occasion);
};

TEST(Notifications, invite_everybody_but_whoever_booked_the_visit) {
    SessionData data = a_session().data();
    data.participants.clear();
    const Occasion now = at(nine_o_clock - days{1}, "doctor");
    Session made =
        Session::create(
            {.data = data,
             .participants = {{.id = the_provider(), .role = Role::provider, .user_id = a_user("doctor")},
                              {.id = the_patient(), .role = Role::patient, .user_id = a_user("p")},
                              {.id = the_interpreter(), .role = Role::interpreter},
                              {.id = the_observer(),
                               .role = Role::observer,
                               .contact = {.phone = phi("PHONE")}}}},
            a_proof_to_create(data.id), TenantConfig{}, now)
            .value();
    const auto told = notifications_of(made.data(), made.take_change(), TenantConfig{}, now);

    EXPECT_THAT(who_and_what(told), ElementsAre(Told{Category::invitation, the_patient()},
                                                Told{Category::invitation, the_observer()}))
        << "there is no way to the interpreter";
}

TEST(Notifications, tell_everybody_of_another_time_of_the_end_before_it_began_and_of_a_failure) {
    const auto move = [](Session& session, const Occasion& occasion) {
        return session.reschedule(nine_o_clock + hours{2}, nine_o_clock + hours{3}, occasion);
    };
    const auto fail = [](Session& session, const Occasion& occasion) {
        return session.fail("backend_lost", occasion);
    };
    EXPECT_THAT(
        who_and_what(told_of(a_session(), move)),
        ElementsAre(Told{Category::reschedule, the_provider()}, Told{Category::reschedule, the_patient()}));
    EXPECT_THAT(who_and_what(told_of(a_session().waiting(), cancel)),
                ElementsAre(Told{Category::cancellation, the_provider()},
                            Told{Category::cancellation, the_patient()}));
    EXPECT_THAT(who_and_what(told_of(a_session().active(), fail)),
                ElementsAre(Told{Category::failure, the_provider()}, Told{Category::failure, the_patient()}));
}

TEST(Notifications, leave_out_whoever_did_it_and_whoever_was_taken_out) {
    const auto told =
        told_of(a_session().interpreter(ParticipantStatus::removed), cancel, at(nine_o_clock, the_doctor));

    EXPECT_THAT(who_and_what(told), ElementsAre(Told{Category::cancellation, the_patient()}));
}

TEST(Notifications, say_nothing_of_a_death_to_the_patient_or_to_those_who_come_along) {
    const auto die = [](Session& session, const Occasion& occasion) {
        return session.cancel("patient_deceased", occasion);
    };
    EXPECT_THAT(who_and_what(told_of(a_session().observer().interpreter(), die)),
                ElementsAre(Told{Category::cancellation, the_provider()},
                            Told{Category::cancellation, the_interpreter()}));
}

TEST(Notifications, say_that_the_provider_is_ready_to_those_who_are_not_there_yet) {
    const auto told = told_of(a_session().interpreter(ParticipantStatus::waiting), provider_joins,
                              at(links_open, the_doctor));
    EXPECT_THAT(who_and_what(told), ElementsAre(Told{Category::provider_ready, the_patient()}));

    EXPECT_THAT(told_of(a_session(), provider_joins, at(links_open - seconds{1}, the_doctor)), IsEmpty())
        << "nobody could come in yet";
    EXPECT_THAT(told_of(a_session().provider(ParticipantStatus::active), provider_joins), IsEmpty())
        << "they were there before";
    EXPECT_THAT(told_of(a_session()
                            .active()
                            .patient(ParticipantStatus::disconnected)
                            .with(the_second_provider(), Role::provider),
                        [](Session& session, const Occasion& occasion) {
                            return session.join(the_second_provider(), std::nullopt, TenantConfig{},
                                                occasion);
                        }),
                IsEmpty())
        << "the visit goes on already";
}

TEST(Notifications, of_a_change_that_was_made_again_are_another_occasion) {
    const auto once = told_of(a_session(), cancel);
    SessionData later = a_session().data();
    later.version += 1;
    Session session = Session::restore(later);
    ASSERT_TRUE(cancel(session, at(nine_o_clock)).has_value());
    const auto again = notifications_of(session.data(), session.take_change(), {}, at(nine_o_clock));

    EXPECT_NE(once.at(0).occasion, again.at(0).occasion);
}

TEST(NotificationOfLink, goes_to_whoever_asked_with_their_own_and_not_to_staff_who_hold_it) {
    const SessionData session = a_session().data();
    EXPECT_TRUE(notification_of_link(session, the_patient(), "t", the_patient().text()).has_value());
    EXPECT_TRUE(notification_of_link(session, the_patient(), "t", the_doctor).has_value());
    EXPECT_FALSE(notification_of_link(session, the_provider(), "t", the_doctor).has_value());
    EXPECT_FALSE(notification_of_link(session, nobody(), "t", the_doctor).has_value());
    const SessionData without = a_session().patient(ParticipantStatus::removed).data();
    EXPECT_FALSE(notification_of_link(without, the_patient(), "t", the_patient().text()).has_value());
    const SessionData over = a_session().over(SessionStatus::ended).data();
    EXPECT_FALSE(notification_of_link(over, the_patient(), "t", the_patient().text()).has_value());
}

TEST(Reminders, come_next_where_the_clinic_wants_them_and_not_once_it_has_begun) {
    const TenantConfig config;  // 24 h and 10 min before
    const SessionData session = a_session().data();
    const Instant day_before = nine_o_clock - hours{24};
    const Instant ten_before = nine_o_clock - minutes{10};
    EXPECT_EQ(next_reminder(session, config, nine_o_clock - days{3}), day_before);
    EXPECT_EQ(next_reminder(session, config, day_before), ten_before);
    EXPECT_EQ(next_reminder(session, config, ten_before), std::nullopt);
    EXPECT_EQ(next_reminder(a_session().waiting().data(), config, day_before), ten_before);
    for (const auto status : {SessionStatus::active, SessionStatus::cancelled, SessionStatus::ended})
        EXPECT_EQ(next_reminder(a_session().in(status).data(), config, day_before), std::nullopt);
}

TEST(Reminders, tell_those_who_are_not_there_yet_and_only_the_last_one_that_is_due) {
    const TenantConfig config;
    const SessionData session = a_session().observer(ParticipantStatus::waiting).data();
    const auto late = reminders_of(session, config, nine_o_clock - hours{2});
    const auto last = reminders_of(session, config, nine_o_clock - minutes{3});

    EXPECT_THAT(who_and_what(last), ElementsAre(Told{Category::reminder, the_provider()},
                                                Told{Category::reminder, the_patient()}));
    EXPECT_EQ(last.at(0).occasion, "10/2026-03-02T09:00:00.000Z");
    EXPECT_EQ(late.at(0).occasion, "1440/2026-03-02T09:00:00.000Z");
    EXPECT_THAT(reminders_of(session, config, nine_o_clock - days{2}), IsEmpty()) << "none is due";
    EXPECT_THAT(reminders_of(session, config, nine_o_clock), IsEmpty()) << "too late";
    EXPECT_THAT(
        reminders_of(a_session().over(SessionStatus::cancelled).data(), config, nine_o_clock - minutes{3}),
        IsEmpty());
}

EventRecord intent_of(Category category, const SessionData& session) {
    return events::notification_requested(session, TenantConfig{}, {category, the_patient(), "1"},
                                          nine_o_clock - hours{1})
        .take();
}

TEST(Intents, hold_until_they_come_too_late_or_were_overtaken) {
    const SessionData session = a_session().data();
    const Instant now = nine_o_clock - minutes{5};
    const SessionData over = a_session().over(SessionStatus::cancelled).data();
    const SessionData taken_out = a_session().patient(ParticipantStatus::removed).data();
    const SessionData moved =
        a_session().scheduled_for(nine_o_clock + hours{1}, nine_o_clock + hours{2}).data();
    for (const auto& [category, word] : words_of(Category{})) {
        SCOPED_TRACE(word);
        const EventRecord intent = intent_of(category, session);
        EXPECT_TRUE(is_still_to_be_told(intent, session, now));
        EXPECT_FALSE(is_still_to_be_told(intent, session, nine_o_clock + days{2}));
        EXPECT_EQ(is_still_to_be_told(intent, over, now), !carries_link(category));
        EXPECT_EQ(is_still_to_be_told(intent, taken_out, now), !carries_link(category));
        const bool is_of_a_time = category == Category::reminder || category == Category::provider_ready;
        EXPECT_EQ(is_still_to_be_told(intent, moved, now), !is_of_a_time);
    }
    EXPECT_FALSE(is_still_to_be_told(intent_of(Category::reminder, session), session, nine_o_clock));
    EXPECT_FALSE(is_still_to_be_told({}, session, now));
}

TEST(Intents, say_whom_in_which_language_and_nothing_that_a_person_typed) {
    SessionData session = a_session().data();
    session.cancel_reason = "What a person typed: diabetes";
    session.language = "ps";
    const EventRecord of_user = intent_of(Category::cancellation, session);
    EXPECT_EQ(text_of(of_user, "recipientRef"), "patient-1");
    EXPECT_EQ(text_of(of_user, "channel"), "");
    EXPECT_EQ(text_of(of_user, "templateKey"), "vcare-cancellation-v1");
    EXPECT_EQ(text_of(*record_of(of_user, "variables"), "language"), "ps");
    EXPECT_EQ(text_of(*record_of(of_user, "variables"), "reason"), "other");
    EXPECT_THAT(everything_in(of_user), Not(HasSubstr(std::string{phi_marker})));
    EXPECT_THAT(everything_in(of_user), Not(HasSubstr("diabetes")));

    session.participants.at(1).user_id.reset();
    session.participants.at(1).contact.email.reset();
    session.participants.at(1).language = "fa-AF";
    const EventRecord of_guest = intent_of(Category::invitation, session);
    EXPECT_EQ(text_of(of_guest, "recipientRef"), the_patient().text());
    EXPECT_EQ(text_of(of_guest, "channel"), "sms");
    EXPECT_EQ(text_of(*record_of(of_guest, "variables"), "language"), "fa-AF");
}

}  // namespace
}  // namespace vcare::testing
