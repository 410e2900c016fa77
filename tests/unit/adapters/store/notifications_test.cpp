// SPDX-License-Identifier: Apache-2.0
#include "unit/adapters/store/database_fixture.hpp"

namespace vcare::store {
namespace {

using application::DueReminder;
using application::NotificationWrite;
using application::ReminderWrite;

class NotificationStore : public StoreTest {
  protected:
    /// The patient of the session is told, by the event of this number.
    static NotificationWrite told(const Session& session, std::uint64_t event, std::string occasion = "1") {
        return {
            .session = session.data().id,
            .told = {.category = NotificationCategory::invitation,
                     .participant = patient_of(session.data()),
                     .occasion = std::move(occasion)},
            .intent = application::OutboxEntry{
                .id = an_id<EventId>(event),
                .event = {.type = EventType::notification_requested,
                          .subject = session.data().id.text(),
                          .session = session.data().id.text(),
                          .data =
                              EventData{}.add("variables", EventData{}.add("role", "patient").take()).take()},
                .at = nine_o_clock,
                .actor = "user-1"}};
    }
    /// The intents that the outbox has, by their ids.
    std::vector<EventId> intents() {
        std::vector<EventId> ids;
        for (const auto& event : must(await(store().queues().number_events(0, 100, std::nullopt)))) {
            if (event.entry.event.type == EventType::notification_requested) ids.push_back(event.entry.id);
        }
        return ids;
    }
    CommitOutcome write(NotificationWrite notification) {
        return commit({.notifications = {std::move(notification)}, .at = nine_o_clock});
    }
    CommitOutcome write(ReminderWrite reminder) {
        return commit({.reminders = {std::move(reminder)}, .at = nine_o_clock});
    }
    std::vector<DueReminder> claim(Instant now, Instant until, unsigned limit = 10) {
        return must(await(store().queues().claim_reminders(now, until, limit)));
    }
};

VCARE_ON_BOTH_STORES(NotificationStore);

TEST_P(NotificationStore, tells_a_person_once_an_occasion_whatever_is_written_how_often) {
    const Session first = make_session(1);
    const Session second = make_session(2);
    EXPECT_EQ(write(told(first, 901)), CommitOutcome::done);
    EXPECT_EQ(write(told(first, 902)), CommitOutcome::done) << "what else is in a unit has its effect";
    EXPECT_EQ(write(told(first, 903, "2")), CommitOutcome::done);
    EXPECT_EQ(write(told(second, 904)), CommitOutcome::done);

    EXPECT_EQ(intents(), (std::vector{an_id<EventId>(901), an_id<EventId>(903), an_id<EventId>(904)}));
}

TEST_P(NotificationStore, gives_back_what_is_to_be_told_as_it_was_written) {
    const Session session = make_session(1);
    const NotificationWrite written = told(session, 901);
    ASSERT_EQ(write(written), CommitOutcome::done);

    const auto events = must(await(store().queues().number_events(0, 100, std::nullopt)));

    const application::OutboxEntry& read = events.back().entry;
    EXPECT_EQ(read.id, written.intent->id);
    EXPECT_EQ(read.actor, "user-1");
    EXPECT_EQ(read.event.session, session.data().id.text());
    const EventRecord* variables = record_of(read.event.data, "variables");
    ASSERT_NE(variables, nullptr);
    EXPECT_EQ(text_of(*variables, "role"), "patient");
}

TEST_P(NotificationStore, tells_nobody_by_a_unit_that_is_undone) {
    Session session = make_session(1);
    Session stale = session;
    must(session.cancel("x", at(nine_o_clock)));
    must(stale.cancel("y", at(nine_o_clock)));
    ASSERT_EQ(commit(unit_of(session)), CommitOutcome::done);
    UnitOfWork late = unit_of(stale);
    late.notifications = {told(stale, 901)};

    EXPECT_EQ(commit(late), CommitOutcome::stale);
    EXPECT_TRUE(intents().empty());
    EXPECT_EQ(write(told(session, 902)), CommitOutcome::done);
    EXPECT_EQ(intents(), std::vector{an_id<EventId>(902)});
}

TEST_P(NotificationStore, leases_a_reminder_to_one_worker_until_the_lease_is_over) {
    const Session session = make_session(1);
    const Instant until = nine_o_clock + seconds{30};
    ASSERT_EQ(write(ReminderWrite{.session = session.data().id, .due = nine_o_clock}), CommitOutcome::done);

    EXPECT_TRUE(claim(nine_o_clock - milliseconds{1}, until).empty());
    const auto claimed = claim(nine_o_clock, until);
    ASSERT_EQ(claimed.size(), 1U);
    EXPECT_EQ(claimed[0].session, session.data().id);
    EXPECT_EQ(claimed[0].item.scope().tenant(), this_clinic());
    EXPECT_TRUE(claim(until - milliseconds{1}, until + seconds{30}).empty());
    EXPECT_EQ(claim(until, until + seconds{30}).size(), 1U);
}

TEST_P(NotificationStore, settles_a_reminder_only_for_whoever_holds_it) {
    const SessionId session = make_session(1).data().id;
    const Instant until = nine_o_clock + seconds{30};
    const Instant next = nine_o_clock + hours{1};
    ASSERT_EQ(write(ReminderWrite{.session = session, .due = nine_o_clock}), CommitOutcome::done);
    ASSERT_EQ(claim(nine_o_clock, until).size(), 1U);
    EXPECT_EQ(write(ReminderWrite{.session = session, .due = next, .held_until = until}),
              CommitOutcome::done);
    EXPECT_EQ(write(ReminderWrite{.session = session, .due = next, .held_until = until}),
              CommitOutcome::stale);
    EXPECT_EQ(write(ReminderWrite{.session = session, .held_until = until}), CommitOutcome::stale);
    EXPECT_TRUE(claim(next - milliseconds{1}, until).empty());

    ASSERT_EQ(claim(next, next + seconds{30}).size(), 1U);
    EXPECT_EQ(write(ReminderWrite{.session = session, .held_until = next + seconds{30}}),
              CommitOutcome::done);
    EXPECT_TRUE(claim(next + days{9}, next + days{10}).empty());
}

TEST_P(NotificationStore, forgets_a_reminder_that_is_taken_back_and_moves_one_that_is_put_again) {
    const SessionId moved = make_session(1).data().id;
    const SessionId off = make_session(2).data().id;
    for (const SessionId& session : {moved, off})
        ASSERT_EQ(write(ReminderWrite{.session = session, .due = nine_o_clock}), CommitOutcome::done);
    ASSERT_EQ(write(ReminderWrite{.session = off}), CommitOutcome::done);
    ASSERT_EQ(write(ReminderWrite{.session = moved, .due = nine_o_clock + hours{1}}), CommitOutcome::done);

    EXPECT_TRUE(claim(nine_o_clock, nine_o_clock + seconds{30}).empty());
    EXPECT_EQ(claim(nine_o_clock + hours{1}, nine_o_clock + hours{2}).size(), 1U);
}

TEST_P(NotificationStore, forgets_what_was_told_long_ago) {
    const Session session = make_session(1);
    ASSERT_EQ(write(told(session, 901)), CommitOutcome::done);
    EXPECT_EQ(must(await(store().queues().tidy_up(nine_o_clock + days{89}, 100))), 0U);
    EXPECT_EQ(must(await(store().queues().tidy_up(nine_o_clock + days{90}, 100))), 1U);
}

}  // namespace
}  // namespace vcare::store
