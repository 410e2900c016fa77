// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "unit/adapters/store/database_fixture.hpp"

namespace vcare::store {
namespace {

using application::ClaimedEvent;
using application::EncounterDebt;
using application::PublishedEvent;
using application::RelayedEvent;
using application::RelayResult;

template <class Event>
std::vector<EventId> ids_of(const std::vector<Event>& events) {
    std::vector<EventId> ids;
    for (const Event& event : events) ids.push_back(event.entry.id);
    return ids;
}

constexpr Instant ten_seconds_on = nine_o_clock + seconds{10};
constexpr seconds sweeper_life{15};

class WorkQueuesTest : public StoreTest {
  protected:
    std::vector<PublishedEvent> number(std::uint64_t position = 0, unsigned limit = 100) {
        return must(await(store().queues().number_events(position, limit, std::nullopt)));
    }
    std::vector<ClaimedEvent> claim_events(Instant now = nine_o_clock, Instant until = ten_seconds_on,
                                           unsigned limit = 100) {
        return must(await(store().queues().claim_events(now, until, limit)));
    }
    void settle(RelayedEvent event, Instant when = nine_o_clock) {
        must(await(store().queues().settle_events({std::move(event)}, when)));
    }
    void acknowledge_all(Instant when = nine_o_clock) {
        std::vector<RelayedEvent> relayed;
        for (ClaimedEvent& event : claim_events())
            relayed.push_back({.event = std::move(event), .result = RelayResult::acknowledged});
        must(await(store().queues().settle_events(std::move(relayed), when)));
    }
    std::vector<application::OutboxItem> outbox() { return must(await(store().queues().list_outbox(100))); }
    /// A visit that took place and is over, with its Encounter owed since `owed_since`.
    SessionId make_debt(std::uint64_t number, Instant owed_since = nine_o_clock) {
        Session session = make_session(number);
        must(session.join(provider_of(session.data()), std::nullopt, {}, at(owed_since)));
        must(session.join(patient_of(session.data()), a_proof_to(GatedCommand::join, session), {},
                          at(owed_since)));
        must(session.admit_patient(false, a_proof_to(GatedCommand::admit, session), a_present_provider(),
                                   at(owed_since)));
        must(session.end("completed", at(owed_since)));
        EXPECT_EQ(commit(unit_of(session, owed_since, std::nullopt)), CommitOutcome::done);
        return session.data().id;
    }
    std::vector<application::DueSession> claim_sessions(Instant now, unsigned limit = 10) {
        return must(await(store().queues().claim_due_sessions(now, now + sweeper_life, limit)));
    }
    std::vector<EncounterDebt> claim(Instant now, Instant lease_until, unsigned limit = 10) {
        return must(await(store().queues().claim_encounter_debts(now, lease_until, limit)));
    }
};

VCARE_ON_BOTH_STORES(WorkQueuesTest);

TEST_P(WorkQueuesTest, leaves_nothing_to_claim_of_what_is_published_with_its_number) {
    Session session = a_new_session(1);
    ASSERT_EQ(commit(unit_of(session)), CommitOutcome::done);

    EXPECT_FALSE(must(await(store().queues().number_events(0, 100, nine_o_clock))).empty());

    EXPECT_TRUE(claim_events().empty());
    EXPECT_EQ(must(await(store().queues().lengths())).outbox_pending, 0);
    EXPECT_FALSE(number().empty()) << "they stay in the event log";
}

TEST_P(WorkQueuesTest, numbers_events_in_the_order_of_their_commits) {
    Session first = a_new_session(1);
    Session second = a_new_session(2);
    const UnitOfWork one = unit_of(first);
    const UnitOfWork two = unit_of(second);
    std::vector<EventId> expected;
    for (const UnitOfWork* unit : {&one, &two}) {
        for (const auto& entry : unit->outbox) expected.push_back(entry.id);
    }
    ASSERT_EQ(commit(one), CommitOutcome::done);
    ASSERT_EQ(commit(two), CommitOutcome::done);

    EXPECT_EQ(ids_of(number(0, 2)), (std::vector{expected[0], expected[1]}));
    EXPECT_EQ(ids_of(number()), expected);
    EXPECT_EQ(ids_of(claim_events()), expected);
}

TEST_P(WorkQueuesTest, gives_an_event_back_as_it_was_told) {
    Session session = a_new_session();
    UnitOfWork unit = unit_of(session);
    unit.outbox.erase(unit.outbox.begin() + 1, unit.outbox.end());
    unit.outbox[0].correlation_id = "request-1";
    unit.outbox[0].traceparent = "00-trace";
    const auto told = unit.outbox[0];
    ASSERT_EQ(commit(std::move(unit)), CommitOutcome::done);
    number();

    const auto claimed = claim_events().at(0);

    EXPECT_EQ(claimed.item.scope().tenant(), this_clinic());
    EXPECT_EQ(claimed.position, 1U);
    EXPECT_EQ(claimed.held_until, ten_seconds_on);
    EXPECT_EQ(claimed.entry.id, told.id);
    EXPECT_EQ(claimed.entry.event.type, EventType::session_created);
    EXPECT_EQ(claimed.entry.event.subject, told.event.subject);
    EXPECT_EQ(claimed.entry.event.session, session.data().id.text());
    EXPECT_EQ(everything_in(claimed.entry.event.data), everything_in(told.event.data));
    EXPECT_EQ(claimed.entry.at, told.at);
    EXPECT_EQ(claimed.entry.actor, "user-1");
    EXPECT_EQ(claimed.entry.correlation_id, "request-1");
    EXPECT_EQ(claimed.entry.traceparent, "00-trace");
}

TEST_P(WorkQueuesTest, numbers_on_across_restarts_and_tells_each_reader_what_it_has_not_seen) {
    EXPECT_EQ(must(await(store().queues().last_position())), 0U);
    make_session(1);
    const auto first = number();
    reopen();
    make_session(2);
    const auto second = number(first.size());

    ASSERT_FALSE(first.empty());
    for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i].position, i + 1);
    EXPECT_EQ(second.front().position, first.back().position + 1);
    EXPECT_EQ(must(await(store().queues().last_position())), second.back().position);
    EXPECT_TRUE(number(second.back().position).empty());
    EXPECT_EQ(number().size(), first.size() + second.size()) << "another replica sees them all";
}

TEST_P(WorkQueuesTest, lets_one_relay_at_a_time_have_events) {
    make_session(1);
    make_session(2);
    number();
    const auto claimed = claim_events(nine_o_clock, ten_seconds_on, 1);
    ASSERT_EQ(claimed.size(), 1U);

    EXPECT_TRUE(claim_events().empty()) << "it is another's turn";

    EXPECT_EQ(ids_of(claim_events(ten_seconds_on, ten_seconds_on + seconds{10})).front(), claimed[0].entry.id)
        << "a relay that died loses its turn";
}

TEST_P(WorkQueuesTest, ends_the_turn_of_a_relay_with_what_it_brought) {
    make_session(1);
    number();
    const auto claimed = claim_events(nine_o_clock, ten_seconds_on, 1).at(0);

    settle({.event = claimed, .result = RelayResult::acknowledged});

    const auto next = claim_events();
    EXPECT_EQ(next.size(), 2U);
    for (const ClaimedEvent& event : next) EXPECT_GT(event.position, claimed.position);
}

TEST_P(WorkQueuesTest, does_not_claim_again_what_the_broker_has) {
    make_session();
    number();
    acknowledge_all();

    EXPECT_TRUE(claim_events(nine_o_clock + hours{1}).empty());
    EXPECT_TRUE(outbox().empty());
    EXPECT_EQ(must(await(store().queues().lengths())).outbox_pending, 0U);
}

TEST_P(WorkQueuesTest, ends_no_turn_that_another_relay_took_since) {
    make_session();
    number();
    const auto slow = claim_events().at(0);
    const auto quick = claim_events(ten_seconds_on, ten_seconds_on + seconds{10}).at(0);
    ASSERT_EQ(slow.entry.id, quick.entry.id);

    settle({.event = slow, .result = RelayResult::untried});
    EXPECT_TRUE(claim_events(ten_seconds_on).empty());

    settle({.event = quick, .result = RelayResult::untried});
    EXPECT_EQ(claim_events(ten_seconds_on).at(0).refusals, 0U);
}

TEST_P(WorkQueuesTest,
       believes_a_slow_relay_that_the_broker_has_an_event_and_not_that_it_refused_one_it_has) {
    make_session();
    number();
    const auto slow = claim_events();
    const auto quick = claim_events(ten_seconds_on, ten_seconds_on + seconds{10});
    settle({.event = slow.at(0), .result = RelayResult::acknowledged});
    settle({.event = quick.at(1), .result = RelayResult::acknowledged});

    settle({.event = slow.at(1),
            .result = RelayResult::refused,
            .problem = "no",
            .next_attempt = ten_seconds_on});
    settle({.event = quick.at(0), .result = RelayResult::dead, .problem = "no"});

    const auto left = outbox();
    ASSERT_EQ(left.size(), 1U);
    EXPECT_EQ(left[0].entry.id, slow.at(2).entry.id);
    EXPECT_FALSE(left[0].is_dead);
}

TEST_P(WorkQueuesTest, holds_up_the_session_of_a_refused_event_and_no_other) {
    const Session first = make_session(1);
    const Session second = make_session(2);
    number();
    const Instant later = nine_o_clock + seconds{2};
    settle({.event = claim_events(nine_o_clock, ten_seconds_on, 1).at(0),
            .result = RelayResult::refused,
            .problem = "too large",
            .next_attempt = later});

    // However little is taken at a time.
    const auto others = claim_events(nine_o_clock, later, 2);
    EXPECT_EQ(others.size(), 2U);
    for (const ClaimedEvent& event : others) EXPECT_EQ(event.entry.event.session, second.data().id.text());
    EXPECT_EQ(outbox().at(0).refusals, 1U);
    EXPECT_EQ(outbox().at(0).last_problem, "too large");
    const auto again = claim_events(later, later + seconds{10});
    EXPECT_EQ(again.at(0).entry.event.session, first.data().id.text());
    EXPECT_EQ(again.at(0).refusals, 1U);
}

TEST_P(WorkQueuesTest, buries_an_event_lets_its_session_go_on_and_replays_it) {
    make_session(1);
    const auto positions = number();
    const auto claimed = claim_events();
    settle({.event = claimed.at(0), .result = RelayResult::dead, .problem = "too large"});
    settle({.event = claimed.at(1), .result = RelayResult::untried});

    EXPECT_EQ(claim_events(nine_o_clock, ten_seconds_on, 1).at(0).entry.id, claimed[1].entry.id);
    ASSERT_TRUE(outbox().back().is_dead);
    EXPECT_EQ(outbox().back().entry.id, claimed[0].entry.id);
    EXPECT_EQ(outbox().back().refusals, 1U);
    EXPECT_EQ(outbox().back().last_problem, "too large");
    EXPECT_EQ(must(await(store().queues().lengths())).outbox_dead, 1U);
    EXPECT_EQ(ids_of(number()), ids_of(positions)) << "the live streams had it all the same";

    auto& queues = store().queues();
    EXPECT_EQ(must(await(queues.replay_dead_letters(an_id<EventId>(9)))), 0U);
    EXPECT_EQ(must(await(queues.replay_dead_letters(claimed[0].entry.id))), 1U);
    EXPECT_EQ(must(await(queues.replay_dead_letters(std::nullopt))), 0U);
    EXPECT_EQ(must(await(queues.lengths())).outbox_dead, 0U);
    const auto replayed = claim_events(nine_o_clock + minutes{1}).at(0);
    EXPECT_EQ(replayed.entry.id, claimed[0].entry.id);
    EXPECT_EQ(replayed.refusals, 0U);
}

TEST_P(WorkQueuesTest, keeps_a_dead_letter_longer_than_the_event_log_keeps_events) {
    make_session(1);
    number();
    const auto claimed = claim_events();
    settle({.event = claimed.at(0), .result = RelayResult::dead, .problem = "too large"});
    for (std::size_t i = 1; i < claimed.size(); ++i)
        settle({.event = claimed[i], .result = RelayResult::acknowledged});
    must(await(store().queues().tidy_up(nine_o_clock + days{3} + minutes{1}, 100)));
    ASSERT_EQ(count("SELECT COUNT(*) FROM outbox"), 0);

    EXPECT_EQ(must(await(store().queues().replay_dead_letters(std::nullopt))), 1U);

    const auto replayed = claim_events(nine_o_clock + days{4}).at(0);
    EXPECT_EQ(replayed.entry.id, claimed[0].entry.id);
    EXPECT_EQ(replayed.position, 1U);
    EXPECT_EQ(everything_in(replayed.entry.event.data), everything_in(claimed[0].entry.event.data));
    settle({.event = replayed, .result = RelayResult::acknowledged}, nine_o_clock);
    must(await(store().queues().tidy_up(nine_o_clock + days{9}, 100)));
    EXPECT_EQ(count("SELECT value FROM counters WHERE name = 'outbox_floor'"), 3)
        << "an old position that goes late does not bring the floor down";
}

TEST_P(WorkQueuesTest, resumes_from_a_position) {
    const Session first = make_session(1);
    const Session second = make_session(2);
    const auto published = number();
    auto& log = store().event_log();
    const auto positions_after = [&](std::uint64_t position, std::optional<SessionId> session) {
        std::vector<std::uint64_t> positions;
        for (const auto& event : must(await(log.events_after(here(), std::move(session), position, 100))))
            positions.push_back(event.position);
        return positions;
    };

    EXPECT_EQ(positions_after(0, std::nullopt).size(), published.size());
    EXPECT_EQ(positions_after(4, std::nullopt), (std::vector<std::uint64_t>{5, 6}));
    EXPECT_EQ(positions_after(0, second.data().id), (std::vector<std::uint64_t>{4, 5, 6}));
    EXPECT_EQ(must(await(log.events_after(here(), std::nullopt, 0, 2))).size(), 2U);
    EXPECT_EQ(must(await(log.newest_position(here()))), published.back().position);
    EXPECT_TRUE(must(await(log.events_after(elsewhere(), std::nullopt, 0, 100))).empty());
    EXPECT_TRUE(must(await(log.events_after(elsewhere(), first.data().id, 0, 100))).empty());
    EXPECT_EQ(must(await(log.newest_position(elsewhere()))), 0U);
}

TEST_P(WorkQueuesTest, says_when_a_position_is_too_old_or_never_was) {
    make_session(1);
    number();
    acknowledge_all(nine_o_clock);
    make_session(2);
    const auto kept = number(3);
    acknowledge_all(nine_o_clock + days{3});
    must(await(store().queues().tidy_up(nine_o_clock + days{3} + minutes{1}, 100)));
    auto& log = store().event_log();

    const auto too_old = await(log.events_after(here(), std::nullopt, 1, 100));
    const auto never_given = await(log.events_after(here(), std::nullopt, 99, 100));

    ASSERT_FALSE(too_old.has_value());
    EXPECT_EQ(too_old.error().code, ErrorCode::not_found);
    ASSERT_FALSE(never_given.has_value());
    EXPECT_EQ(never_given.error().code, ErrorCode::not_found);
    EXPECT_EQ(must(await(log.events_after(here(), std::nullopt, 3, 100))).size(), kept.size());
    EXPECT_EQ(must(await(log.newest_position(elsewhere()))), 3U);
}

TEST_P(WorkQueuesTest, hands_out_sessions_that_are_due_and_leaves_alone_what_changed_since) {
    const Session session = make_session();
    auto& queues = store().queues();
    EXPECT_TRUE(claim_sessions(nine_o_clock + minutes{59}).empty());
    const auto due = claim_sessions(nine_o_clock + hours{1});
    ASSERT_EQ(due.size(), 1U);
    EXPECT_EQ(due[0].session, session.data().id);
    EXPECT_EQ(due[0].item.scope().tenant(), this_clinic());

    must(await(queues.look_again(due[0], nine_o_clock + hours{2})));
    must(await(queues.look_again(due[0], std::nullopt)));

    EXPECT_TRUE(claim_sessions(nine_o_clock + hours{2} - milliseconds{1}).empty());
    const auto again = claim_sessions(nine_o_clock + hours{2});
    ASSERT_EQ(again.size(), 1U);
    must(await(queues.look_again(again[0], std::nullopt)));
    EXPECT_TRUE(claim_sessions(nine_o_clock + days{9}).empty());
}

TEST_P(WorkQueuesTest, lets_one_sweeper_at_a_time_have_a_session_and_the_next_when_that_one_is_silent) {
    make_session();
    const Instant due = nine_o_clock + hours{1};

    const auto first = claim_sessions(due);
    ASSERT_EQ(first.size(), 1U);
    EXPECT_EQ(first[0].held_until, due + sweeper_life);
    EXPECT_TRUE(claim_sessions(due + sweeper_life - milliseconds{1}).empty());
    const auto second = claim_sessions(due + sweeper_life);
    ASSERT_EQ(second.size(), 1U);

    // The first was not dead: it has nothing to say any more.
    must(await(store().queues().look_again(first[0], std::nullopt)));
    must(await(store().queues().look_again(second[0], due + hours{1})));
    EXPECT_EQ(claim_sessions(due + hours{1}).size(), 1U);
}

TEST_P(WorkQueuesTest, looks_sooner_at_a_claimed_session_that_somebody_lost_their_stream_of) {
    const Session session = make_session();
    const Instant due = nine_o_clock + hours{1};
    const auto claimed = claim_sessions(due);
    ASSERT_EQ(claimed.size(), 1U);

    must(await(store().presence().stream_closed(here(), session.data().id, patient_of(session.data()), "s",
                                                due, due + seconds{5})));
    must(await(store().queues().look_again(claimed[0], std::nullopt)));

    EXPECT_TRUE(claim_sessions(due + seconds{4}).empty());
    EXPECT_EQ(claim_sessions(due + seconds{5}).size(), 1U);
}

TEST_P(WorkQueuesTest, looks_again_at_a_session_whose_stream_was_lost_after_the_sweeper_had_read_it) {
    const Session session = make_session();
    const Instant due = nine_o_clock + hours{1};
    const auto claimed = claim_sessions(due);
    ASSERT_EQ(claimed.size(), 1U);

    // To be looked at after the claim has run out, which the sweeper, having read before, knows nothing of.
    must(await(store().presence().stream_closed(here(), session.data().id, patient_of(session.data()), "s",
                                                due, due + sweeper_life + minutes{1})));
    must(await(store().queues().look_again(claimed[0], std::nullopt)));

    EXPECT_EQ(claim_sessions(due + sweeper_life + minutes{1}).size(), 1U);
}

TEST_P(WorkQueuesTest, takes_no_more_sessions_than_are_asked_for_and_those_first_that_are_due_longest) {
    Session late = a_new_session(1);
    Session early = a_new_session(2);
    ASSERT_EQ(commit(unit_of(late, nine_o_clock, nine_o_clock + minutes{2})), CommitOutcome::done);
    ASSERT_EQ(commit(unit_of(early, nine_o_clock, nine_o_clock + minutes{1})), CommitOutcome::done);

    EXPECT_EQ(claim_sessions(nine_o_clock + hours{1}, 1).at(0).session, early.data().id);
    EXPECT_EQ(claim_sessions(nine_o_clock + hours{1}, 1).at(0).session, late.data().id);
}

TEST_P(WorkQueuesTest, remembers_for_which_request_an_encounter_is_owed) {
    Session session = make_session(1);
    must(session.join(provider_of(session.data()), std::nullopt, {}, at(nine_o_clock)));
    must(session.join(patient_of(session.data()), a_proof_to(GatedCommand::join, session), {},
                      at(nine_o_clock)));
    must(session.admit_patient(false, a_proof_to(GatedCommand::admit, session), a_present_provider(),
                               at(nine_o_clock)));
    must(session.end("completed", at(nine_o_clock)));
    const TraceContext request{.trace = {1}, .span = {2}, .sampled = true};
    ASSERT_EQ(commit(unit_of(session), here().traced_by(request)), CommitOutcome::done);

    const auto debts = claim(nine_o_clock, ten_seconds_on);

    ASSERT_EQ(debts.size(), 1U);
    EXPECT_EQ(debts[0].item.scope().trace(), request);
}

TEST_P(WorkQueuesTest, leases_a_debt_to_one_worker_until_the_lease_is_over) {
    const SessionId session = make_debt(1);
    const Instant lease_until = nine_o_clock + minutes{1};

    const auto claimed = claim(nine_o_clock, lease_until);

    ASSERT_EQ(claimed.size(), 1U);
    EXPECT_EQ(claimed[0].session, session);
    EXPECT_EQ(claimed[0].owed_since, nine_o_clock);
    EXPECT_EQ(claimed[0].attempts, 0U);
    EXPECT_TRUE(claim(nine_o_clock + seconds{59}, lease_until).empty());
    EXPECT_EQ(claim(lease_until, lease_until + minutes{1}).size(), 1U);
}

TEST_P(WorkQueuesTest, takes_the_oldest_debts_first) {
    const SessionId second = make_debt(1, nine_o_clock + minutes{1});
    const SessionId first = make_debt(2, nine_o_clock);

    const auto claimed = claim(nine_o_clock + hours{1}, nine_o_clock + hours{2}, 1);

    ASSERT_EQ(claimed.size(), 1U);
    EXPECT_EQ(claimed[0].session, first);
    EXPECT_EQ(claim(nine_o_clock + hours{1}, nine_o_clock + hours{2}).at(0).session, second);
}

TEST_P(WorkQueuesTest, takes_the_oldest_of_the_debts_that_are_due_first_whichever_was_tried_last) {
    const SessionId first = make_debt(1, nine_o_clock);
    const SessionId second = make_debt(2, nine_o_clock + minutes{1});
    const Instant outage = nine_o_clock + minutes{2};
    for (EncounterDebt& debt : claim(outage, outage + minutes{1})) {
        // The one that failed more often waits for longer.
        const auto wait = debt.session == first ? minutes{5} : minutes{1};
        must(await(store().queues().postpone_encounter_debt(std::move(debt), outage + wait, "503")));
    }

    const Instant back = outage + minutes{6};
    EXPECT_EQ(claim(back, back + minutes{1}, 1).at(0).session, first);
    EXPECT_EQ(claim(back, back + minutes{1}, 1).at(0).session, second);
}

TEST_P(WorkQueuesTest, postpones_buries_and_revives_a_debt) {
    const SessionId session = make_debt(1);
    auto& queues = store().queues();
    const auto status = [&] { return must(await(queues.list_encounter_debts())).at(0); };

    must(await(queues.postpone_encounter_debt(claim(nine_o_clock, nine_o_clock + minutes{1}).at(0),
                                              nine_o_clock + minutes{5}, "timeout")));
    EXPECT_EQ(status().attempts, 1U);
    EXPECT_EQ(status().next_attempt, nine_o_clock + minutes{5});
    EXPECT_EQ(status().last_problem, "timeout");
    EXPECT_EQ(status().state, application::DebtState::open);

    must(await(queues.bury_encounter_debt(claim(nine_o_clock + minutes{5}, nine_o_clock + minutes{6}).at(0),
                                          "refused")));
    EXPECT_EQ(status().state, application::DebtState::dead);
    EXPECT_TRUE(claim(nine_o_clock + days{1}, nine_o_clock + days{2}).empty());

    EXPECT_EQ(must(await(queues.retry_encounter_debts(an_id<SessionId>(9), nine_o_clock))), 0U);
    EXPECT_EQ(must(await(queues.retry_encounter_debts(session, nine_o_clock))), 1U);
    EXPECT_EQ(claim(nine_o_clock, nine_o_clock + minutes{1}).at(0).attempts, 2U);
    EXPECT_EQ(must(await(queues.retry_encounter_debts(std::nullopt, nine_o_clock))), 1U);
}

TEST_P(WorkQueuesTest, measures_what_waits) {
    make_debt(1, nine_o_clock + minutes{2});
    Session waiting = make_session(2);
    must(waiting.join(patient_of(waiting.data()), a_proof_to(GatedCommand::join, waiting), {},
                      at(nine_o_clock)));
    ASSERT_EQ(commit(unit_of(waiting)), CommitOutcome::done);
    const auto pending = number().size();

    const auto lengths = must(await(store().queues().lengths()));

    EXPECT_EQ(lengths.outbox_pending, pending);
    EXPECT_EQ(lengths.oldest_unpublished, nine_o_clock);
    EXPECT_EQ(lengths.encounter_debts, 1U);
    EXPECT_EQ(lengths.encounter_dead, 0U);
    EXPECT_EQ(lengths.oldest_encounter_debt, nine_o_clock + minutes{2});
    EXPECT_EQ(lengths.waiting_participants, 1U);
    EXPECT_EQ(
        lengths.open_sessions,
        must(await(store().queues().claim_due_sessions(nine_o_clock + days{1}, nine_o_clock + days{2}, 10)))
            .size());
    EXPECT_GT(lengths.open_sessions, 0U);
}

TEST_P(WorkQueuesTest, deletes_what_has_served_and_nothing_younger) {
    const Session session = make_session();
    const auto keep = [&](std::string key, Instant when) {
        UnitOfWork unit{.at = when};
        unit.kept_answer = {
            {.caller = "user-1", .key = std::move(key), .fingerprint = "f"}, {.status = 200}, when};
        ASSERT_EQ(commit(std::move(unit)), CommitOutcome::done);
    };
    keep("old", nine_o_clock);
    keep("young", nine_o_clock + hours{1});
    UnitOfWork unit{.at = nine_o_clock};
    unit.whereabouts.push_back({.participant = patient_of(session.data()),
                                .sealed = "sealed",
                                .delete_at = nine_o_clock + hours{24}});
    ASSERT_EQ(commit(std::move(unit)), CommitOutcome::done);
    auto& presence = store().presence();
    const ParticipantId patient = patient_of(session.data());
    must(await(presence.stream_opened(here(), session.data().id, patient, "s", "replica-1", nine_o_clock)));
    must(await(presence.stream_closed(here(), session.data().id, patient, "s", nine_o_clock, nine_o_clock)));
    must(await(presence.heartbeat("replica-1", nine_o_clock)));
    must(await(presence.called(here(), session.data().id, patient, nine_o_clock)));

    EXPECT_EQ(must(await(store().queues().tidy_up(nine_o_clock + hours{23}, 100))), 0U);
    EXPECT_EQ(must(await(store().queues().tidy_up(nine_o_clock + hours{24}, 2))), 2U);
    EXPECT_EQ(must(await(store().queues().tidy_up(nine_o_clock + hours{24}, 100))), 3U);

    EXPECT_EQ(count("SELECT COUNT(*) FROM kept_answers"), 1);
    EXPECT_TRUE(must(await(store().sessions().whereabouts(here(), session.data().id))).empty());
}

/// Refuses to read what workers may not see.
int forbid_records(void* hits, int action, const char* table, const char*, const char*, const char*) {
    static const std::set<std::string_view> records = {"sessions", "participants", "feedback"};
    const bool is_forbidden = action == SQLITE_READ && records.contains(table);
    if (is_forbidden) ++*static_cast<int*>(hits);
    return is_forbidden ? SQLITE_DENY : SQLITE_OK;
}

TEST(WorkQueues, never_read_a_session_or_a_participant) {
    auto connection = a_connection();
    sqlite3* handle = connection->handle();
    const auto database = make_inline_database(std::move(connection));
    const auto units = make_unit_runner(database.get(), {});
    const auto queues = make_work_queues(database.get());
    Session session = a_new_session();
    must(session.join(provider_of(session.data()), std::nullopt, {}, at(nine_o_clock)));
    must(session.join(patient_of(session.data()), a_proof_to(GatedCommand::join, session), {},
                      at(nine_o_clock)));
    must(session.admit_patient(false, a_proof_to(GatedCommand::admit, session), a_present_provider(),
                               at(nine_o_clock)));
    must(session.end("completed", at(nine_o_clock)));
    UnitOfWork unit = unit_of(session);
    unit.audit.push_back(an_audit_entry(1));
    unit.withdrawals.push_back({.record = {.id = an_id<ConsentId>(1),
                                           .tenant = this_clinic(),
                                           .patient = the_patient_id(),
                                           .at = nine_o_clock}});
    unit.whereabouts.push_back(
        {.participant = patient_of(session.data()), .sealed = "sealed", .delete_at = nine_o_clock});
    ASSERT_EQ(must(await(units->commit(here(), std::move(unit)))), CommitOutcome::done);
    int hits = 0;
    sqlite3_set_authorizer(handle, forbid_records, &hits);
    const Instant later = nine_o_clock + days{9};

    EXPECT_FALSE(must(await(queues->number_events(0, 10, std::nullopt))).empty());
    EXPECT_NE(must(await(queues->last_position())), 0U);
    const auto events = must(await(queues->claim_events(later, later + minutes{1}, 10)));
    ASSERT_GE(events.size(), 4U);
    const auto settle = [&](std::size_t i, RelayResult result) {
        must(await(queues->settle_events(
            {{.event = events.at(i), .result = result, .problem = "p", .next_attempt = later}}, later)));
    };
    settle(0, RelayResult::dead);
    settle(1, RelayResult::acknowledged);
    settle(2, RelayResult::refused);
    settle(3, RelayResult::untried);
    EXPECT_EQ(must(await(queues->list_outbox(100))).back().is_dead, true);
    EXPECT_EQ(must(await(queues->replay_dead_letters(std::nullopt))), 1U);
    const auto due = must(await(queues->claim_due_sessions(later, later + minutes{1}, 10)));
    must(await(queues->look_again(due.at(0), later)));
    must(await(queues->look_again({due.at(0).item, due.at(0).session, later}, std::nullopt)));
    const auto debts = must(await(queues->claim_encounter_debts(later, later, 10)));
    must(await(queues->postpone_encounter_debt(debts.at(0), later, "problem")));
    must(await(queues->bury_encounter_debt(debts.at(0), "problem")));
    EXPECT_EQ(must(await(queues->list_encounter_debts())).size(), 1U);
    EXPECT_EQ(must(await(queues->retry_encounter_debts(debts.at(0).session, later))), 1U);
    EXPECT_EQ(must(await(queues->retry_encounter_debts(std::nullopt, later))), 1U);
    const auto consent_debts = must(await(queues->claim_consent_debts(later, later, 10)));
    must(await(queues->settle_consent_debt(consent_debts.at(0))));
    EXPECT_EQ(must(await(queues->seal_audit(10))).entries, 1U);
    const auto turn = must(await(queues->claim_checkpoint(later, later + seconds{15}, later + minutes{1})));
    ASSERT_TRUE(turn.is_ours);
    must(await(queues->keep_checkpoint(turn, "signature", later, later + minutes{1})));
    EXPECT_EQ(must(await(queues->lengths())).encounter_debts, 1U);
    EXPECT_GT(must(await(queues->tidy_up(later, 100))), 0U);
    EXPECT_EQ(hits, 0);

    const auto sessions = make_session_store(database.get());
    EXPECT_FALSE(await(sessions->find_session(here(), session.data().id)).has_value());
    EXPECT_GT(hits, 0) << "the guard itself must bite";
}

}  // namespace
}  // namespace vcare::store
