// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "application/configure_tenant.hpp"
#include "application/connection_samples.hpp"
#include "application/end_session.hpp"
#include "application/fall_back.hpp"
#include "application/leave_visit.hpp"
#include "application/live_frames.hpp"
#include "application/pay_encounters.hpp"
#include "application/relay_outbox.hpp"
#include "application/remove_participant.hpp"
#include "application/report_connection.hpp"
#include "application/retry_delay.hpp"
#include "application/round.hpp"
#include "application/seal_audit.hpp"
#include "application/sweep_sessions.hpp"
#include "application/tell_live_streams.hpp"
#include "application/watch_queues.hpp"
#include "application/withdraw_consent.hpp"
#include "support/fakes/clinic.hpp"

namespace vcare::testing {
namespace {

using application::ConnectionSamples;
using application::EndedFrame;
using application::FollowClinic;
using application::FollowVisit;
using application::PayEncounters;
using application::RelayOutbox;
using application::ReportConnection;
using application::Round;
using application::StateFrame;
using application::StreamPosition;
using application::SweepSessions;
using application::TellLiveStreams;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr Instant long_ago = nine_o_clock - days{30};

/// A heartbeat just now, after a long time without any gap.
domain::SweepClock just_now(const Clinic& clinic) {
    return {.now = clinic.clock.time, .counting_since = long_ago};
}

SessionData ended(Clinic& clinic) {
    const auto running = clinic.a_running_visit();
    application::EndSession end{clinic.services};
    return clinic.run(end(clinic.doctor(), {running.session.id, running.session.version}, {})).value();
}

std::vector<std::string> ids_of(const std::vector<application::OutboxEntry>& entries) {
    std::vector<std::string> ids;
    for (const auto& entry : entries) ids.push_back(entry.id.text());
    return ids;
}

TEST(TellLiveStreams, tells_in_the_order_of_positions_and_no_event_twice) {
    Clinic clinic;
    TellLiveStreams tell{clinic.services};
    ASSERT_TRUE(clinic.run(tell.begin()).has_value());
    (void)clinic.a_running_visit();
    EXPECT_EQ(clinic.run(tell.run_once()).value(), Round::idle);
    const auto told = clinic.live.announced.size();
    EXPECT_EQ(clinic.run(tell.run_once()).value(), Round::idle);

    ASSERT_GT(told, 5U);
    EXPECT_EQ(clinic.live.announced.size(), told);
    EXPECT_EQ(clinic.live.announced[0].entry.event.type, EventType::session_created);
    for (std::size_t i = 1; i < told; ++i)
        EXPECT_LT(clinic.live.announced[i - 1].position, clinic.live.announced[i].position);
}

TEST(TellLiveStreams, tells_what_another_replica_numbered_from_its_own_start_on) {
    Clinic clinic;
    (void)clinic.a_visit();
    TellLiveStreams here{clinic.services};
    ASSERT_TRUE(clinic.run(here.run_once()).has_value());
    TellLiveStreams there{clinic.services};
    ASSERT_TRUE(clinic.run(there.begin()).has_value());
    (void)clinic.a_visit();
    ASSERT_TRUE(clinic.run(here.run_once()).has_value());
    clinic.live.announced.clear();

    ASSERT_TRUE(clinic.run(there.run_once()).has_value());

    EXPECT_THAT(clinic.live.announced, SizeIs(4));
}

TEST(TellLiveStreams, goes_on_while_the_broker_is_away) {
    Clinic clinic;
    (void)clinic.a_visit();
    clinic.broker.is_away = true;
    TellLiveStreams tell{clinic.services};
    ASSERT_TRUE(clinic.run(tell.begin()).has_value());
    ASSERT_TRUE(clinic.run(tell.run_once()).has_value());
    EXPECT_THAT(clinic.live.announced, SizeIs(4));
}

TEST(TellLiveStreams, publishes_by_itself_where_there_is_no_broker_and_leaves_the_relay_what_was_before) {
    Clinic clinic;
    (void)clinic.a_visit();
    TellLiveStreams tell{clinic.services};
    ASSERT_TRUE(clinic.run(tell.begin()).has_value());
    ASSERT_TRUE(clinic.run(tell.run_once()).has_value());
    clinic.broker.embedded = true;
    (void)clinic.a_visit();
    ASSERT_TRUE(clinic.run(tell.run_once()).has_value());
    EXPECT_THAT(clinic.live.announced, SizeIs(8));

    RelayOutbox relay{clinic.services};
    ASSERT_TRUE(clinic.run(relay.run_once()).has_value());

    EXPECT_THAT(clinic.broker.events, SizeIs(4));
    EXPECT_EQ(clinic.run(clinic.services.queues.lengths())->outbox_pending, 0);
}

TEST(TellLiveStreams, fails_when_the_store_does_and_tells_it_later) {
    Clinic clinic;
    TellLiveStreams tell{clinic.services};
    clinic.database.fail_after(0);
    EXPECT_EQ(refusal_of(clinic.run(tell.run_once())), ErrorCode::store_unavailable);
    ASSERT_TRUE(clinic.run(tell.begin()).has_value());
    (void)clinic.a_visit();
    clinic.database.fail_after(0);
    EXPECT_EQ(refusal_of(clinic.run(tell.run_once())), ErrorCode::store_unavailable);
    EXPECT_THAT(clinic.live.announced, IsEmpty());
    ASSERT_TRUE(clinic.run(tell.run_once()).has_value());
    EXPECT_THAT(clinic.live.announced, SizeIs(4));
}

/// A clinic whose events are numbered, and a relay that takes them to the broker.
struct RelayingClinic : Clinic {
    TellLiveStreams tell{services};
    RelayOutbox relay{services};
    void relay_once() {
        ASSERT_TRUE(run(tell.run_once()).has_value());
        ASSERT_TRUE(run(relay.run_once()).has_value());
    }
    [[nodiscard]] std::vector<std::string> ids_of_session(const SessionId& session) const {
        std::vector<std::string> ids;
        for (const auto& unit : units.written) {
            for (const auto& entry : unit.outbox) {
                if (entry.event.session == session.text()) ids.push_back(entry.id.text());
            }
        }
        return ids;
    }
    [[nodiscard]] std::vector<std::string> published(const SessionId& session) const {
        std::vector<std::string> ids;
        for (const auto& entry : broker.events) {
            if (entry.event.session == session.text()) ids.push_back(entry.id.text());
        }
        return ids;
    }
    domain::EventId first_event() { return units.written.front().outbox.front().id; }
};

TEST(RelayOutbox, publishes_the_events_of_each_session_in_order_and_each_once) {
    RelayingClinic clinic;
    const auto one = clinic.a_running_visit().session;
    const SessionData two = clinic.a_visit();
    clinic.relay_once();
    clinic.relay_once();

    EXPECT_EQ(clinic.published(one.id), clinic.ids_of_session(one.id));
    EXPECT_EQ(clinic.published(two.id), clinic.ids_of_session(two.id));
    EXPECT_EQ(clinic.run(clinic.queues->lengths())->outbox_pending, 0U);
}

TEST(RelayOutbox, waits_while_the_broker_is_away_and_counts_no_refusal) {
    RelayingClinic clinic;
    (void)clinic.a_visit();
    clinic.broker.is_away = true;
    for (int i = 0; i < 9; ++i) clinic.relay_once();
    EXPECT_EQ(clinic.run(clinic.queues->lengths())->outbox_pending, 4U);
    EXPECT_EQ(clinic.run(clinic.queues->list_outbox(9))->at(0).refusals, 0U);
    clinic.broker.is_away = false;
    clinic.relay_once();
    EXPECT_THAT(clinic.broker.events, SizeIs(4));
}

TEST(RelayOutbox, repeats_to_the_broker_what_it_could_not_mark) {
    RelayingClinic clinic;
    (void)clinic.a_visit();
    ASSERT_TRUE(clinic.run(clinic.tell.run_once()).has_value());
    clinic.database.fail_after(1);
    EXPECT_EQ(refusal_of(clinic.run(clinic.relay.run_once())), ErrorCode::store_unavailable);
    const auto first = ids_of(clinic.broker.events);
    clinic.broker.events.clear();
    clinic.relay_once();
    EXPECT_THAT(clinic.broker.events, IsEmpty()) << "another replica may have it on the way";
    clinic.clock.time += RelayOutbox::claim_life;
    clinic.relay_once();
    EXPECT_EQ(ids_of(clinic.broker.events), first);
    clinic.database.fail_after(0);
    EXPECT_EQ(refusal_of(clinic.run(clinic.relay.run_once())), ErrorCode::store_unavailable);
}

TEST(RelayOutbox, gives_up_a_refused_event_after_five_tries_and_its_session_goes_on) {
    RelayingClinic clinic;
    const SessionData refused = clinic.a_visit();
    const SessionData other = clinic.a_visit();
    clinic.broker.refused.insert(clinic.first_event());
    clinic.relay_once();
    EXPECT_EQ(clinic.published(other.id), clinic.ids_of_session(other.id)) << "no other session waits";
    EXPECT_THAT(clinic.published(refused.id), IsEmpty());
    clinic.relay_once();
    EXPECT_EQ(clinic.broker.refusals, 1U) << "tried again after a pause only";

    for (int i = 0; i < 4; ++i) {
        EXPECT_THAT(clinic.published(refused.id), IsEmpty());
        clinic.clock.time += minutes{5};
        clinic.relay_once();
    }
    EXPECT_EQ(clinic.broker.refusals, 5U);
    auto rest = clinic.ids_of_session(refused.id);
    rest.erase(rest.begin());
    EXPECT_EQ(clinic.published(refused.id), rest);
    EXPECT_EQ(clinic.run(clinic.queues->lengths())->outbox_dead, 1U);
    EXPECT_EQ(clinic.run(clinic.queues->list_outbox(9))->back().last_problem, "too large");

    clinic.broker.refused.clear();
    EXPECT_EQ(clinic.run(clinic.queues->replay_dead_letters(std::nullopt)), 1U);
    clinic.relay_once();
    EXPECT_EQ(clinic.published(refused.id).back(), clinic.first_event().text());
    EXPECT_EQ(clinic.run(clinic.queues->lengths())->outbox_dead, 0U);
}

TEST(SweepSessions, cancels_a_visit_nobody_came_to_and_rests_after_the_start) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    clinic.clock.time = nine_o_clock + minutes{60};
    SweepSessions resting{clinic.services, clinic.clock.time + seconds{1}};
    ASSERT_TRUE(clinic.run(resting.run_once(just_now(clinic))));
    EXPECT_EQ(clinic.session(session.id).status, SessionStatus::scheduled);

    SweepSessions sweeper{clinic.services, clinic.clock.time};
    ASSERT_TRUE(clinic.run(sweeper.run_once(just_now(clinic))));
    const SessionData after = clinic.session(session.id);
    EXPECT_EQ(after.status, SessionStatus::cancelled);
    EXPECT_EQ(after.cancel_reason, "nobody_came");
}

TEST(SweepSessions, closes_nothing_for_our_own_outage) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    clinic.clock.time = nine_o_clock + hours{10};
    SweepSessions sweeper{clinic.services, long_ago};
    ASSERT_TRUE(clinic.run(sweeper.run_once({clinic.clock.time, clinic.clock.time - minutes{1}})));
    EXPECT_EQ(clinic.session(session.id).status, SessionStatus::scheduled);
    clinic.clock.time += minutes{30};
    ASSERT_TRUE(clinic.run(sweeper.run_once({clinic.clock.time, clinic.clock.time - minutes{31}})));
    EXPECT_EQ(clinic.session(session.id).status, SessionStatus::cancelled) << "after its whole grace it does";
}

TEST(SweepSessions, closes_nothing_when_the_process_stood_still_after_its_heartbeat) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    const domain::SweepClock heartbeat = just_now(clinic);
    clinic.clock.time = nine_o_clock + hours{10};
    SweepSessions sweeper{clinic.services, long_ago};
    ASSERT_TRUE(clinic.run(sweeper.run_once(heartbeat)));
    EXPECT_EQ(clinic.session(session.id).status, SessionStatus::scheduled);
}

TEST(SweepSessions, closes_nothing_when_the_process_stood_still_in_the_middle_of_a_round) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    clinic.clock.time += minutes{20};
    SweepSessions sweeper{clinic.services, long_ago};
    const domain::SweepClock heartbeat = just_now(clinic);
    // Somebody is quicker, so that it decides again, and by then a quarter of an hour has passed.
    clinic.units.before_next = [&] {
        application::FallBack fall_back{clinic.services};
        ASSERT_TRUE(clinic.run(
            fall_back(clinic.doctor(),
                      {.session = running.session.id, .mode = Mode::audio_only, .reason = "weak"}, {})));
        clinic.clock.time += minutes{15};
    };
    ASSERT_TRUE(clinic.run(sweeper.run_once(heartbeat)));
    EXPECT_EQ(clinic.session(running.session.id).status, SessionStatus::active);

    ASSERT_TRUE(clinic.run(sweeper.run_once(heartbeat)));
    EXPECT_EQ(clinic.session(running.session.id).status, SessionStatus::active) << "still too old";
    clinic.clock.time += seconds{5};
    ASSERT_TRUE(clinic.run(sweeper.run_once(just_now(clinic))));
    EXPECT_EQ(clinic.session(running.session.id).end_reason, "abandoned") << "it was only put off";
}

TEST(SweepSessions, marks_the_lost_and_then_ends_the_abandoned) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    SweepSessions sweeper{clinic.services, long_ago};
    clinic.clock.time += minutes{2};
    ASSERT_TRUE(clinic.run(sweeper.run_once(just_now(clinic))));
    for (const Participant& person : clinic.session(running.session.id).participants)
        EXPECT_EQ(person.status, ParticipantStatus::disconnected);
    clinic.clock.time += minutes{10};
    ASSERT_TRUE(clinic.run(sweeper.run_once(just_now(clinic))));
    EXPECT_EQ(clinic.session(running.session.id).end_reason, "abandoned");
    EXPECT_THAT(clinic.run(clinic.queues->list_encounter_debts()).value(), SizeIs(1));
}

TEST(SweepSessions, on_two_replicas_do_each_session_once) {
    Clinic clinic;
    const std::vector<SessionData> visits = {clinic.a_visit(), clinic.a_visit(), clinic.a_visit()};
    clinic.clock.time = nine_o_clock + minutes{60};
    const domain::SweepClock heartbeat = just_now(clinic);
    SweepSessions first{clinic.services, long_ago};
    SweepSessions second{clinic.services, long_ago};
    const auto before = clinic.units.written.size();
    std::size_t by_second = 0;
    // The first is in the middle of its round.
    clinic.units.before_next = [&] {
        ASSERT_TRUE(clinic.run(second.run_once(heartbeat)));
        by_second = clinic.units.written.size() - before;
    };

    ASSERT_TRUE(clinic.run(first.run_once(heartbeat)));

    EXPECT_EQ(by_second, 0U);
    EXPECT_EQ(clinic.units.written.size() - before, visits.size());
    for (const SessionData& visit : visits)
        EXPECT_EQ(clinic.session(visit.id).status, SessionStatus::cancelled);
    EXPECT_THAT(clinic.telemetry.words, Not(Contains("sweeper.put_off")));
}

TEST(SweepSessions, takes_over_what_a_replica_that_died_had_claimed) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    clinic.clock.time = nine_o_clock + minutes{60};
    const Instant died = clinic.clock.time;
    ASSERT_THAT(
        clinic.run(clinic.queues->claim_due_sessions(died, died + SweepSessions::claim_life, 10)).value(),
        SizeIs(1));
    SweepSessions sweeper{clinic.services, long_ago};

    ASSERT_TRUE(clinic.run(sweeper.run_once(just_now(clinic))));
    EXPECT_EQ(clinic.session(session.id).status, SessionStatus::scheduled);
    clinic.clock.time = died + SweepSessions::claim_life;
    ASSERT_TRUE(clinic.run(sweeper.run_once(just_now(clinic))));

    EXPECT_EQ(clinic.session(session.id).status, SessionStatus::cancelled);
}

TEST(SweepSessions, claims_nothing_that_it_is_too_late_for) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    clinic.clock.time = nine_o_clock + minutes{60};
    SweepSessions late{clinic.services, long_ago};
    const domain::SweepClock heartbeat = just_now(clinic);
    clinic.clock.time += seconds{16};

    ASSERT_TRUE(clinic.run(late.run_once(heartbeat)));

    SweepSessions other{clinic.services, long_ago};
    ASSERT_TRUE(clinic.run(other.run_once(just_now(clinic))));
    EXPECT_EQ(clinic.session(session.id).status, SessionStatus::cancelled);
}

TEST(SweepSessions, goes_on_later_when_the_store_fails) {
    for (unsigned step = 0; step < 12; ++step) {
        Clinic clinic;
        const SessionData session = clinic.a_visit();
        clinic.clock.time = nine_o_clock + minutes{60};
        SweepSessions sweeper{clinic.services, long_ago};
        clinic.database.fail_after(step);
        (void)clinic.run(sweeper.run_once(just_now(clinic)));
        clinic.database.heal();
        clinic.clock.time += minutes{1};
        ASSERT_TRUE(clinic.run(sweeper.run_once(just_now(clinic)))) << step;
        EXPECT_EQ(clinic.session(session.id).status, SessionStatus::cancelled) << step;
    }
}

TEST(PayEncounters, pays_a_debt_once_and_tells_what_can_be_billed) {
    Clinic clinic;
    const SessionData session = ended(clinic);
    PayEncounters payer{clinic.services, 8};
    EXPECT_EQ(clinic.run(payer.run_once()).value(), Round::idle);
    EXPECT_THAT(clinic.record.written, ElementsAre(session.id));
    EXPECT_EQ(clinic.session(session.id).encounter_id, "enc-1");
    EXPECT_THAT(clinic.run(clinic.queues->list_encounter_debts()).value(), IsEmpty());
    EXPECT_EQ(clinic.units.written.back().outbox.size(), 2U);
    clinic.clock.time += hours{1};
    ASSERT_TRUE(clinic.run(payer.run_once()));
    EXPECT_THAT(clinic.record.written, SizeIs(1));
}

TEST(PayEncounters, tries_again_when_the_record_is_away) {
    Clinic clinic;
    const SessionData session = ended(clinic);
    PayEncounters payer{clinic.services, 8};
    clinic.record.outcome = application::EncounterLater{"http_503", seconds{90}};
    ASSERT_TRUE(clinic.run(payer.run_once()));
    const auto debts = clinic.run(clinic.queues->list_encounter_debts()).value();
    ASSERT_THAT(debts, SizeIs(1));
    EXPECT_EQ(debts[0].attempts, 1U);
    EXPECT_EQ(debts[0].next_attempt, clinic.clock.time + seconds{90}) << "as the record asked";

    clinic.record.outcome = application::EncounterWritten{"enc-9"};
    ASSERT_TRUE(clinic.run(payer.run_once()));
    EXPECT_FALSE(clinic.session(session.id).encounter_id.has_value()) << "not before its time";
    clinic.clock.time += seconds{91};
    ASSERT_TRUE(clinic.run(payer.run_once()));
    EXPECT_EQ(clinic.session(session.id).encounter_id, "enc-9");
}

TEST(PayEncounters, buries_what_the_record_refuses_until_somebody_retries) {
    Clinic clinic;
    (void)ended(clinic);
    PayEncounters payer{clinic.services, 8};
    clinic.record.outcome = application::EncounterRefused{{"required"}, "content"};
    ASSERT_TRUE(clinic.run(payer.run_once()));
    const auto debts = clinic.run(clinic.queues->list_encounter_debts()).value();
    ASSERT_THAT(debts, SizeIs(1));
    EXPECT_EQ(debts[0].state, application::DebtState::dead);
    EXPECT_EQ(debts[0].last_problem, "content required");
    clinic.record.outcome = application::EncounterWritten{"enc-1"};
    EXPECT_EQ(clinic.run(clinic.queues->retry_encounter_debts(std::nullopt, clinic.clock.time)).value(), 1U);
    ASSERT_TRUE(clinic.run(payer.run_once()));
    EXPECT_THAT(clinic.run(clinic.queues->list_encounter_debts()).value(), IsEmpty());
}

TEST(PayEncounters, pays_later_whichever_step_of_the_store_fails) {
    for (unsigned step = 0; step < 8; ++step) {
        Clinic clinic;
        const SessionData session = ended(clinic);
        PayEncounters payer{clinic.services, 8};
        clinic.database.fail_after(step);
        (void)clinic.run(payer.run_once());
        clinic.database.heal();
        clinic.clock.time += minutes{10};
        ASSERT_TRUE(clinic.run(payer.run_once())) << step;
        EXPECT_EQ(clinic.session(session.id).encounter_id, "enc-1") << step;
    }
}

TEST(PayEncounters, pays_as_many_at_once_as_it_may_and_says_that_there_may_be_more) {
    Clinic clinic;
    for (int i = 0; i < 3; ++i) (void)ended(clinic);
    PayEncounters payer{clinic.services, 2};
    EXPECT_EQ(clinic.run(payer.run_once()).value(), Round::more);
    EXPECT_EQ(clinic.record.most_in_flight, 2U);
    EXPECT_THAT(clinic.record.written, SizeIs(2));
    payer.pay_at_once(8);
    EXPECT_EQ(clinic.run(payer.run_once()).value(), Round::idle);
    EXPECT_THAT(clinic.record.written, SizeIs(3));
}

TEST(PayEncounters, puts_off_a_debt_it_cannot_load_and_pays_the_others) {
    Clinic clinic;
    for (int i = 0; i < 3; ++i) (void)ended(clinic);
    PayEncounters payer{clinic.services, 8};
    clinic.database.fail_after(1);  // the claim works, the first look at a session does not
    ASSERT_TRUE(clinic.run(payer.run_once()));
    EXPECT_THAT(clinic.record.written, SizeIs(2));
    const auto debts = clinic.run(clinic.queues->list_encounter_debts()).value();
    ASSERT_THAT(debts, SizeIs(1));
    EXPECT_EQ(debts[0].attempts, 1U);
    EXPECT_EQ(debts[0].last_problem, "STORE_UNAVAILABLE");
    EXPECT_LE(debts[0].next_attempt, clinic.clock.time + seconds{1}) << "soon, not when the lease runs out";

    clinic.clock.time += seconds{1};
    ASSERT_TRUE(clinic.run(payer.run_once()));
    EXPECT_THAT(clinic.run(clinic.queues->list_encounter_debts()).value(), IsEmpty());
}

TEST(RetryDelay, grows_to_five_minutes_and_follows_what_was_asked) {
    for (unsigned attempts = 0; attempts < 40; ++attempts) {
        for (const std::uint32_t random : {0U, 1U, 12345678U, ~0U}) {
            const auto delay = application::retry_delay(attempts, random, std::nullopt);
            EXPECT_GE(delay, milliseconds{1});
            EXPECT_LE(delay, minutes{5});
            if (attempts == 0) EXPECT_LE(delay, seconds{1});
        }
    }
    EXPECT_EQ(application::retry_delay(3, 7, seconds{30}), seconds{30});
    EXPECT_EQ(application::retry_delay(3, 7, hours{30}), minutes{5});
}

TEST(SealAudit, signs_a_checkpoint_a_minute_and_none_when_nothing_moved) {
    Clinic clinic;
    (void)clinic.a_visit();
    application::SealAudit seal{clinic.services};
    ASSERT_TRUE(clinic.run(seal.run_once()));
    ASSERT_TRUE(clinic.run(seal.run_once()));
    EXPECT_THAT(clinic.run(clinic.audit->checkpoints()).value(), SizeIs(1));
    clinic.clock.time += minutes{1};
    ASSERT_TRUE(clinic.run(seal.run_once()));
    EXPECT_THAT(clinic.run(clinic.audit->checkpoints()).value(), SizeIs(1)) << "nothing moved";
    (void)clinic.a_visit();
    clinic.clock.time += minutes{1};
    ASSERT_TRUE(clinic.run(seal.run_once()));
    EXPECT_THAT(clinic.run(clinic.audit->checkpoints()).value(), SizeIs(2));
    clinic.keys.is_away = true;
    (void)clinic.a_visit();
    clinic.clock.time += minutes{1};
    EXPECT_EQ(refusal_of(clinic.run(seal.run_once())), ErrorCode::key_service_unavailable);
}

TEST(SealAudit, on_two_replicas_signs_each_checkpoint_once) {
    Clinic clinic;
    application::SealAudit first{clinic.services};
    application::SealAudit second{clinic.services};
    for (unsigned minute = 1; minute <= 3; ++minute) {
        (void)clinic.a_visit();
        // The first is in the middle of signing.
        clinic.keys.while_signing = [&] { ASSERT_TRUE(clinic.run(second.run_once())); };
        ASSERT_TRUE(clinic.run(first.run_once()));
        (void)clinic.a_visit();
        ASSERT_TRUE(clinic.run(second.run_once()));
        EXPECT_EQ(clinic.keys.signed_checkpoints, minute);
        EXPECT_THAT(clinic.run(clinic.audit->checkpoints()).value(), SizeIs(minute));
        clinic.clock.time += minutes{1};
    }
}

TEST(SealAudit, signs_in_the_place_of_a_replica_that_does_not_get_to_it) {
    Clinic clinic;
    (void)clinic.a_visit();
    application::SealAudit first{clinic.services};
    application::SealAudit second{clinic.services};
    clinic.keys.is_away = true;
    EXPECT_EQ(refusal_of(clinic.run(first.run_once())), ErrorCode::key_service_unavailable);
    clinic.keys.is_away = false;

    ASSERT_TRUE(clinic.run(second.run_once()));
    EXPECT_EQ(clinic.keys.signed_checkpoints, 0U) << "it may still be signing";
    clinic.clock.time += application::SealAudit::turn_life;
    ASSERT_TRUE(clinic.run(second.run_once()));
    ASSERT_TRUE(clinic.run(first.run_once()));

    EXPECT_EQ(clinic.keys.signed_checkpoints, 1U);
    EXPECT_THAT(clinic.run(clinic.audit->checkpoints()).value(), SizeIs(1));
}

TEST(SealAudit, complains_once_a_minute_of_a_chain_that_cannot_be_sealed_and_seals_the_others) {
    Clinic clinic;
    (void)clinic.a_visit();
    auto spoil = [](store::Connection* connection) -> Result<void> {
        connection->execute(store::Sql::insert_unsealed, "clinic-0", "no id");
        connection->execute(store::Sql::insert_unsealed, "clinic-0", "no id either");
        return {};
    };
    ASSERT_TRUE(clinic.run(store::write<void>(&clinic.database, store::across_tenants(), spoil)));
    application::SealAudit seal{clinic.services};
    clinic.telemetry.words.clear();

    EXPECT_EQ(clinic.run(seal.run_once()).value(), Round::idle);

    EXPECT_THAT(clinic.telemetry.words, ElementsAre("audit.not_sealed", "1"));
    EXPECT_EQ(clinic.run(clinic.audit->count_unsealed(clinic.doctor().scope)).value(), 0U);
    EXPECT_THAT(clinic.run(clinic.audit->checkpoints()).value(), SizeIs(1)) << "of what was sealed";
    clinic.telemetry.words.clear();
    ASSERT_TRUE(clinic.run(seal.run_once()));
    EXPECT_THAT(clinic.telemetry.words, IsEmpty()) << "it was said";
    clinic.clock.time += minutes{1};
    ASSERT_TRUE(clinic.run(seal.run_once()));
    EXPECT_THAT(clinic.telemetry.words, ElementsAre("audit.not_sealed", "1")) << "it is still so";
}

TEST(SealAudit, fails_when_the_store_does) {
    for_each_failing_step(
        [](Clinic& clinic) {
            (void)clinic.a_visit();
            return 0;
        },
        [](Clinic& clinic, int&) {
            application::SealAudit seal{clinic.services};
            return clinic.run(seal.run_once());
        });
}

TEST(WatchQueues, tells_how_many_sessions_are_not_over) {
    Clinic clinic;
    (void)ended(clinic);
    (void)clinic.a_visit();
    (void)clinic.a_running_visit();
    application::WatchQueues watch{clinic.services};

    ASSERT_TRUE(clinic.run(watch.run_once()).has_value());

    EXPECT_EQ((clinic.telemetry.gauges[{application::Metric::sessions, "status=open"}]), 2);
}

TEST(WatchQueues, fails_when_the_store_does_and_works_otherwise) {
    Clinic clinic;
    (void)ended(clinic);
    application::WatchQueues watch{clinic.services};
    EXPECT_EQ(clinic.run(watch.run_once()).value(), Round::idle);
    clinic.database.fail_after(0);
    EXPECT_EQ(refusal_of(clinic.run(watch.run_once())), ErrorCode::store_unavailable);
}

// --- live streams

TEST(StreamPosition, is_read_back_as_it_was_written_and_from_nothing_else) {
    const auto at = StreamPosition::parse("12.3");
    ASSERT_TRUE(at.has_value());
    EXPECT_EQ(at->to_text(), "12.3");
    EXPECT_EQ(StreamPosition::parse("7")->position, 7U);
    for (const char* wrong : {"", ".", "x", "1.", "1.x", "1.2.3", "-1", "99999999999999999999999"})
        EXPECT_FALSE(StreamPosition::parse(wrong).has_value()) << wrong;
}

struct StreamingClinic : Clinic {
    FollowVisit follow{services};
    TellLiveStreams tell{services};
    StreamingClinic() { EXPECT_TRUE(run(tell.begin()).has_value()); }
    std::vector<application::PublishedEvent> published() {
        EXPECT_TRUE(run(tell.run_once()).has_value());
        return std::exchange(live.announced, {});
    }
};

TEST(FollowVisit, begins_with_a_state_and_tells_of_admission_and_end) {
    StreamingClinic clinic;
    const SessionData session = clinic.a_visit();
    clinic.doctor_comes_in(session);
    const auto patient = clinic.visit(clinic.comes_in(session, Role::patient));
    const auto first = clinic.run(clinic.follow.open(patient, std::nullopt, "s1", "r1"));
    ASSERT_THAT(*first, SizeIs(1));
    EXPECT_TRUE(std::holds_alternative<StateFrame>(first->at(0).data));
    (void)clinic.published();

    clinic.admit(session, Role::patient);
    const auto admitted = clinic.run(clinic.follow.follow(patient, clinic.published()));
    EXPECT_TRUE(std::holds_alternative<application::AdmittedFrame>(admitted->at(0).data));
    EXPECT_TRUE(std::holds_alternative<StateFrame>(admitted->back().data));

    application::FallBack fall_back{clinic.services};
    ASSERT_TRUE(clinic.run(fall_back(
        clinic.doctor(), {.session = session.id, .mode = Mode::audio_only, .reason = "low_bandwidth"}, {})));
    const auto mode = clinic.run(clinic.follow.follow(patient, clinic.published()));
    EXPECT_TRUE(std::holds_alternative<application::ModeFrame>(mode->at(0).data));

    application::EndSession end{clinic.services};
    ASSERT_TRUE(clinic.run(end(clinic.doctor(), {session.id, clinic.session(session.id).version}, {})));
    const auto over = clinic.run(clinic.follow.follow(patient, clinic.published()));
    ASSERT_THAT(*over, SizeIs(1));
    EXPECT_TRUE(std::holds_alternative<EndedFrame>(over->at(0).data));
    EXPECT_TRUE(over->at(0).closes);
    EXPECT_THAT(*clinic.run(clinic.follow.follow(patient, {})), IsEmpty());
}

TEST(FollowVisit, ends_the_stream_of_the_credential_before_when_somebody_joins_again) {
    StreamingClinic clinic;
    const SessionData session = clinic.a_visit();
    clinic.doctor_comes_in(session);
    const auto before = clinic.visit(clinic.comes_in(session, Role::patient));
    const auto first = clinic.run(clinic.follow.open(before, std::nullopt, "s1", "r1"));
    const StreamPosition last{first->back().position, first->back().ordinal};
    const auto own_join = clinic.published();
    EXPECT_FALSE(clinic.run(clinic.follow.follow(before, own_join))->back().closes);

    clinic.clock.time += seconds{1};
    const auto after = clinic.visit(clinic.comes_in(session, Role::patient));
    const auto joined_again = clinic.published();

    const auto told = clinic.run(clinic.follow.follow(before, joined_again));
    ASSERT_THAT(*told, SizeIs(1));
    EXPECT_EQ(std::get<application::RemovedFrame>(told->at(0).data).reason, "moved");
    EXPECT_TRUE(told->at(0).closes);
    const auto resumed = clinic.run(clinic.follow.open(before, last, "s2", "r1"));
    EXPECT_TRUE(resumed->back().closes) << "a stream that missed it is told when it resumes";
    for (const auto& events : {own_join, joined_again})
        EXPECT_FALSE(clinic.run(clinic.follow.follow(after, events))->back().closes);
}

TEST(FollowVisit, ends_the_stream_of_somebody_who_leaves_but_not_of_their_return) {
    StreamingClinic clinic;
    const SessionData session = clinic.a_visit();
    clinic.doctor_comes_in(session);
    const auto patient = clinic.visit(clinic.comes_in(session, Role::patient));
    (void)clinic.published();
    application::LeaveVisit leave{clinic.services};
    clinic.clock.time += seconds{1};
    ASSERT_TRUE(clinic.run(leave(patient)));
    const auto left = clinic.published();

    const auto told = clinic.run(clinic.follow.follow(patient, left));

    ASSERT_THAT(*told, SizeIs(1));
    EXPECT_EQ(std::get<application::RemovedFrame>(told->at(0).data).reason, "left");
    EXPECT_TRUE(told->at(0).closes);
    clinic.clock.time += seconds{1};
    const auto back = clinic.visit(clinic.comes_in(session, Role::patient));
    EXPECT_FALSE(clinic.run(clinic.follow.follow(back, left))->back().closes);
}

TEST(FollowVisit, leaves_the_seat_of_a_staff_feed_alone_when_it_is_joined_again) {
    StreamingClinic clinic;
    const SessionData session = clinic.a_visit();
    clinic.doctor_comes_in(session);
    application::VisitAuthentication authenticate{clinic.services};
    const auto seat =
        clinic.run(authenticate.own_seat(clinic.doctor(), Clinic::seat(session, Role::provider))).value();
    clinic.clock.time += seconds{1};
    clinic.doctor_comes_in(session);

    const auto told = clinic.run(clinic.follow.follow(seat, clinic.published()));

    EXPECT_TRUE(std::holds_alternative<StateFrame>(told->back().data));
}

TEST(FollowVisit, gives_a_resumed_stream_what_it_missed) {
    StreamingClinic clinic;
    const SessionData session = clinic.a_visit();
    clinic.doctor_comes_in(session);
    const auto patient = clinic.visit(clinic.comes_in(session, Role::patient));
    (void)clinic.published();
    const auto first = clinic.run(clinic.follow.open(patient, std::nullopt, "s1", "r1"));
    const StreamPosition last{first->back().position, first->back().ordinal};
    clinic.admit(session, Role::patient);
    (void)clinic.published();

    const auto resumed = clinic.run(clinic.follow.open(patient, last, "s2", "r1"));

    ASSERT_THAT(*resumed, SizeIs(2));
    EXPECT_TRUE(std::holds_alternative<application::AdmittedFrame>(resumed->at(0).data));
    EXPECT_TRUE(std::holds_alternative<StateFrame>(resumed->at(1).data));
}

TEST(FollowVisit, brings_somebody_who_was_lost_back_and_notes_when_the_stream_closes) {
    StreamingClinic clinic;
    const auto running = clinic.a_running_visit();
    const auto patient = clinic.visit(running.patient);
    SweepSessions sweeper{clinic.services, long_ago};
    clinic.clock.time += minutes{2};
    ASSERT_TRUE(clinic.run(sweeper.run_once(just_now(clinic))));
    ASSERT_EQ(clinic.session(running.session.id).participants[1].status, ParticipantStatus::disconnected);

    ASSERT_TRUE(clinic.run(clinic.presence->heartbeat("r1", clinic.clock.time)));
    ASSERT_TRUE(clinic.run(clinic.follow.open(patient, std::nullopt, "s1", "r1")));
    EXPECT_EQ(clinic.session(running.session.id).participants[1].status, ParticipantStatus::admitted);
    ASSERT_TRUE(clinic.run(clinic.follow.close(patient, "s1", clinic.clock.time)));
    const auto presences =
        clinic.run(clinic.presence->presences(patient.scope, patient.session, clinic.clock.time)).value();
    const auto own = std::ranges::find(presences, patient.participant, &Presence::participant);
    ASSERT_NE(own, presences.end());
    EXPECT_FALSE(own->stream_open);
    EXPECT_EQ(own->last_closed, clinic.clock.time);
}

TEST(FollowVisit, has_the_sweeper_see_that_nobody_knows_how_well_the_lost_are_connected) {
    StreamingClinic clinic;
    const auto running = clinic.a_running_visit();
    const auto patient = clinic.visit(running.patient);
    ConnectionSamples samples;
    ReportConnection report{clinic.services, samples};
    SweepSessions sweeper{clinic.services, long_ago};
    const auto own = [&] { return clinic.session(running.session.id).participants[1]; };
    ASSERT_TRUE(clinic.run(clinic.presence->heartbeat("r1", clinic.clock.time)));
    ASSERT_TRUE(clinic.run(clinic.follow.open(patient, std::nullopt, "s1", "r1")));
    ASSERT_TRUE(clinic.run(report(patient, {.rtt_ms = 20, .kbps = 2000, .media = Mode::video})));
    ASSERT_EQ(own().connection, ConnectionQuality::good);

    ASSERT_TRUE(clinic.run(clinic.follow.close(patient, "s1", clinic.clock.time)));
    clinic.clock.time += milliseconds{9'999};
    ASSERT_TRUE(clinic.run(sweeper.run_once(just_now(clinic))));
    EXPECT_EQ(own().connection, ConnectionQuality::good) << "they may be loading the page anew";
    clinic.clock.time += milliseconds{1};
    ASSERT_TRUE(clinic.run(sweeper.run_once(just_now(clinic))));
    EXPECT_EQ(own().connection, ConnectionQuality::unknown);
    EXPECT_EQ(own().status, ParticipantStatus::admitted) << "they have until the grace is over";
    clinic.clock.time += seconds{50};
    ASSERT_TRUE(clinic.run(sweeper.run_once(just_now(clinic))));
    EXPECT_EQ(own().status, ParticipantStatus::disconnected);
}

TEST(FollowVisit, has_a_last_word_for_everybody_whose_credential_is_void) {
    StreamingClinic clinic;
    const auto running = clinic.a_running_visit();
    const auto patient = clinic.visit(running.patient);
    const auto interpreter = clinic.visit(running.interpreter);
    application::RemoveParticipant remove{clinic.services};
    ASSERT_TRUE(clinic.run(remove(
        clinic.doctor(),
        {.session = running.session.id, .participant = interpreter.participant, .reason = "not_needed"},
        {})));
    const auto removed = clinic.run(clinic.follow.last_word(interpreter));
    EXPECT_EQ(std::get<application::RemovedFrame>(removed->data).reason, "not_needed");
    application::LeaveVisit leave{clinic.services};
    ASSERT_TRUE(clinic.run(leave(patient)));
    EXPECT_EQ(std::get<application::RemovedFrame>(clinic.run(clinic.follow.last_word(patient))->data).reason,
              "left");
    application::EndSession end{clinic.services};
    ASSERT_TRUE(clinic.run(
        end(clinic.doctor(), {running.session.id, clinic.session(running.session.id).version}, {})));
    const auto over = clinic.run(clinic.follow.last_word(patient));
    EXPECT_EQ(std::get<EndedFrame>(over->data).status, SessionStatus::ended);
    EXPECT_EQ(std::get<EndedFrame>(over->data).reason, "completed");
    EXPECT_TRUE(over->closes);
}

TEST(FollowVisit, fails_when_the_store_does) {
    for_each_failing_step([](Clinic& clinic) { return clinic.visit(clinic.a_running_visit().patient); },
                          [](Clinic& clinic, application::VisitContext& patient) -> Result<bool> {
                              FollowVisit follow{clinic.services};
                              const auto opened =
                                  clinic.run(follow.open(patient, StreamPosition{}, "s1", "r1"));
                              if (!opened) return std::unexpected{opened.error()};
                              const auto closed = clinic.run(follow.close(patient, "s1", clinic.clock.time));
                              if (!closed) return std::unexpected{closed.error()};
                              const auto word = clinic.run(follow.last_word(patient));
                              if (!word) return std::unexpected{word.error()};
                              return true;
                          });
}

TEST(FollowClinic, shows_events_in_reach_only) {
    StreamingClinic clinic;
    (void)clinic.a_running_visit();
    const auto events = clinic.published();
    application::ReadAuditTrail trail{clinic.services};
    FollowClinic feed{clinic.services, trail};
    EXPECT_EQ(clinic.run(feed.visible(clinic.doctor(), events))->size(), events.size());
    EXPECT_EQ(clinic.run(feed.visible(clinic.staff({StaffRole::scheduler}, "desk"), events))->size(),
              events.size());
    EXPECT_THAT(*clinic.run(feed.visible(clinic.staff({StaffRole::clinician}, "colleague"), events)),
                IsEmpty());

    EXPECT_THAT(clinic.run(feed.open(clinic.doctor(), std::nullopt)).value().events, IsEmpty());
    EXPECT_EQ(clinic.run(feed.open(clinic.doctor(), StreamPosition{})).value().events.size(), events.size());
    auto without = clinic.doctor();
    without.caller.scopes.clear();
    EXPECT_EQ(refusal_of(clinic.run(feed.open(without, std::nullopt))), ErrorCode::access_denied);
}

TEST(FollowClinic, shows_consents_of_own_patients_and_the_configuration_to_those_who_may_read_it) {
    StreamingClinic clinic;
    const SessionData session = clinic.a_visit();
    (void)clinic.published();
    application::WithdrawConsent withdraw{clinic.services};
    ASSERT_TRUE(clinic.run(withdraw({.scope = clinic.doctor().scope,
                                     .actor = "x",
                                     .patient = session.patient,
                                     .type = ConsentType::telehealth})));
    application::ConfigureTenant configure{clinic.services};
    const auto chief = clinic.staff({StaffRole::tenant_admin}, "chief");
    const auto config = clinic.run(configure.read(chief)).value();
    ASSERT_TRUE(clinic.run(configure.replace(chief, config.config, config.version)));
    const auto events = clinic.published();
    application::ReadAuditTrail trail{clinic.services};
    FollowClinic feed{clinic.services, trail};
    const auto types = [&](const application::StaffContext& who) {
        std::vector<EventType> seen;
        for (const auto& event : clinic.run(feed.visible(who, events)).value())
            seen.push_back(event.entry.event.type);
        return seen;
    };
    EXPECT_THAT(types(clinic.doctor()), ElementsAre(EventType::consent_withdrawn));
    EXPECT_THAT(types(clinic.staff({StaffRole::clinician}, "colleague")), IsEmpty());
    EXPECT_THAT(types(chief), ElementsAre(EventType::consent_withdrawn, EventType::config_updated));
}

TEST(ConnectionSamples, are_the_newest_of_each_person_and_forgotten_when_told) {
    application::ConnectionSamples samples;
    for (int i = 0; i < 30; ++i) (void)samples.add(the_patient(), {.at = nine_o_clock + seconds{i}});
    const auto kept = samples.add(the_patient(), {.at = nine_o_clock + seconds{30}});
    ASSERT_THAT(kept, SizeIs(application::ConnectionSamples::max_samples));
    EXPECT_EQ(kept.back().at, nine_o_clock + seconds{30});
    EXPECT_THAT(samples.add(the_interpreter(), {.at = nine_o_clock}), SizeIs(1));
    samples.forget(the_patient());
    EXPECT_THAT(samples.add(the_patient(), {.at = nine_o_clock}), SizeIs(1));
}

}  // namespace
}  // namespace vcare::testing
