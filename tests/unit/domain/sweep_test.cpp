// SPDX-License-Identifier: Apache-2.0
#include "domain/sweep.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/builders/session_builder.hpp"

namespace vcare::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Instant long_ago = nine_o_clock - days{30};
constexpr Instant scheduled_end = nine_o_clock + minutes{30};
constexpr Instant grace_is_over = scheduled_end + minutes{30};  // joinWindowAfterMinutes

SweepDecision sweep(const SessionBuilder& session, Instant now, std::vector<Presence> presences = {},
                    Instant counting_since = long_ago) {
    const SessionData data = session.data();
    return decide_sweep(data, presences, TenantConfig{}, {.now = now, .counting_since = counting_since});
}

std::vector<Presence> everybody(bool open, std::optional<Instant> closed = {}) {
    std::vector<Presence> presences;
    for (const ParticipantId& id : {the_provider(), the_patient(), the_interpreter()})
        presences.push_back({.participant = id, .stream_open = open, .last_closed = closed});
    return presences;
}

TEST(Sweep, leaves_a_finished_session_alone_for_ever) {
    for (const auto status : {SessionStatus::ended, SessionStatus::cancelled, SessionStatus::failed}) {
        const SweepDecision decision = sweep(a_session().over(status), nine_o_clock + days{9});
        EXPECT_EQ(decision.action, SweepAction::nothing);
        EXPECT_THAT(decision.lost, IsEmpty());
        EXPECT_FALSE(decision.look_again.has_value());
    }
}

TEST(Sweep, expires_a_visit_nobody_was_admitted_to_when_its_grace_is_over) {
    const SweepDecision early = sweep(a_session(), grace_is_over - milliseconds{1});
    EXPECT_EQ(early.action, SweepAction::nothing);
    EXPECT_EQ(early.look_again, grace_is_over);
    EXPECT_EQ(sweep(a_session(), grace_is_over).action, SweepAction::expire);
    EXPECT_EQ(sweep(a_session().waiting(), grace_is_over, everybody(true)).action, SweepAction::expire)
        << "being connected does not keep a visit that never started";
}

TEST(Sweep, gives_a_visit_its_whole_grace_again_after_an_outage) {
    const Instant back = grace_is_over + hours{5};
    EXPECT_EQ(sweep(a_session().waiting(), back, everybody(true), back).action, SweepAction::nothing);
    EXPECT_EQ(
        sweep(a_session().waiting(), back + minutes{30} - milliseconds{1}, everybody(true), back).action,
        SweepAction::nothing);
    EXPECT_EQ(sweep(a_session().waiting(), back + minutes{30}, everybody(true), back).action,
              SweepAction::expire);
}

TEST(Sweep, does_not_expire_a_visit_that_goes_on_long_after_its_end) {
    EXPECT_EQ(sweep(a_session().active(), grace_is_over + hours{3}, everybody(true)).action,
              SweepAction::nothing);
}

TEST(Sweep, ends_a_visit_that_nobody_was_connected_to_for_the_time_of_the_clinic) {
    const Instant closed = nine_o_clock + minutes{20};
    const auto gone = everybody(false, closed);
    const SweepDecision before = sweep(a_session().active(), closed + minutes{10} - milliseconds{1}, gone);
    EXPECT_EQ(before.action, SweepAction::nothing);
    EXPECT_EQ(before.look_again, closed + minutes{10});
    EXPECT_EQ(sweep(a_session().active(), closed + minutes{10}, gone).action, SweepAction::abandon);
}

TEST(Sweep, keeps_a_visit_while_anybody_is_connected) {
    auto presences = everybody(false, nine_o_clock);
    presences[2].stream_open = true;
    const Instant much_later = nine_o_clock + hours{4};
    const SweepDecision decision =
        sweep(a_session().active().interpreter(ParticipantStatus::active), much_later, presences);
    EXPECT_EQ(decision.action, SweepAction::nothing);
    EXPECT_EQ(decision.look_again, much_later + minutes{10});
}

TEST(Sweep, counts_a_call_without_a_stream_as_being_connected_then) {
    auto presences = everybody(false, nine_o_clock);
    presences[1].last_call = nine_o_clock + minutes{30};
    EXPECT_EQ(sweep(a_session().active(), nine_o_clock + minutes{39}, presences).action,
              SweepAction::nothing);
    EXPECT_EQ(sweep(a_session().active(), nine_o_clock + minutes{40}, presences).action,
              SweepAction::abandon);
}

TEST(Sweep, never_takes_our_own_outage_for_an_abandoned_visit) {
    const Instant closed = nine_o_clock + minutes{20};
    const Instant back = closed + hours{6};
    const auto gone = everybody(false, closed);
    for (minutes after{0}; after < minutes{10}; after += minutes{1}) {
        EXPECT_EQ(sweep(a_session().active(), back + after, gone, back).action, SweepAction::nothing);
        EXPECT_EQ(sweep(a_session().active(), back + after, {}, back).action, SweepAction::nothing)
            << "no presence rows at all";
    }
    EXPECT_EQ(sweep(a_session().active(), back + minutes{10}, gone, back).action, SweepAction::abandon);
}

TEST(Sweep, does_not_wait_for_somebody_who_never_came) {
    const auto gone = everybody(false, nine_o_clock + minutes{5});
    EXPECT_EQ(sweep(a_session().active().interpreter(), nine_o_clock + minutes{15}, gone).action,
              SweepAction::abandon);
}

TEST(Sweep, gives_a_visit_its_time_from_its_start_when_nobody_ever_had_a_stream) {
    EXPECT_EQ(sweep(a_session().active(), nine_o_clock + minutes{11}).action, SweepAction::nothing);
    EXPECT_EQ(sweep(a_session().active(), nine_o_clock + minutes{12}).action, SweepAction::abandon);
}

TEST(Sweep, finds_those_whose_connection_is_gone_for_longer_than_the_grace) {
    auto presences = everybody(true);
    presences[1] = {.participant = the_patient(), .last_closed = nine_o_clock + minutes{5}};
    const Instant deadline = nine_o_clock + minutes{6};

    const SweepDecision before = sweep(a_session().active(), deadline - milliseconds{1}, presences);
    EXPECT_THAT(before.lost, IsEmpty());
    EXPECT_EQ(before.look_again, deadline);
    EXPECT_THAT(sweep(a_session().active(), deadline, presences).lost, ElementsAre(the_patient()));
}

TEST(Sweep, does_not_know_how_well_somebody_is_connected_who_is_gone_for_longer_than_a_reload) {
    auto presences = everybody(true);
    const Instant closed = nine_o_clock + minutes{5};
    presences[1] = {.participant = the_patient(), .last_closed = closed};
    SessionData data = a_session().active().data();
    const auto decide = [&](Instant now, Instant counting_since = long_ago) {
        return decide_sweep(data, presences, TenantConfig{}, {.now = now, .counting_since = counting_since});
    };
    EXPECT_THAT(decide(closed + seconds{10}).out_of_sight, IsEmpty()) << "nobody knew before either";

    data.participants[1].connection = ConnectionQuality::good;
    EXPECT_THAT(decide(closed + milliseconds{9'999}).out_of_sight, IsEmpty());
    EXPECT_EQ(decide(closed).look_again, closed + seconds{10});
    const SweepDecision noticed = decide(closed + seconds{10});
    EXPECT_THAT(noticed.out_of_sight, ElementsAre(the_patient()));
    EXPECT_EQ(noticed.look_again, closed + minutes{1}) << "when they are lost";
    EXPECT_THAT(decide(closed + hours{1}, closed + hours{1}).out_of_sight, IsEmpty()) << "we were away";
    EXPECT_THAT(decide(closed + minutes{1}).out_of_sight, IsEmpty()) << "they are lost";
}

TEST(Sweep, loses_nobody_to_our_own_outage) {
    const Instant back = nine_o_clock + hours{2};
    const auto gone = everybody(false, nine_o_clock);
    EXPECT_THAT(sweep(a_session().active(), back + seconds{59}, gone, back).lost, IsEmpty());
    EXPECT_THAT(sweep(a_session().active(), back + seconds{60}, gone, back).lost,
                ElementsAre(the_provider(), the_patient()));
}

TEST(Sweep, looks_only_for_people_who_should_be_connected) {
    const Instant later = nine_o_clock + minutes{8};
    const auto lost = sweep(a_session()
                                .active()
                                .interpreter(ParticipantStatus::disconnected)
                                .observer(ParticipantStatus::removed)
                                .with(the_second_provider(), Role::provider),
                            later, everybody(false, nine_o_clock + minutes{3}))
                          .lost;
    EXPECT_THAT(lost, ElementsAre(the_provider(), the_patient()));
}

TEST(Sweep, keeps_somebody_who_only_just_came_in_and_has_no_stream_yet) {
    SessionData data = a_session().waiting().data();
    data.participants[1].joined_at = nine_o_clock;
    const auto decision = decide_sweep(data, everybody(true), TenantConfig{},
                                       {.now = nine_o_clock + seconds{59}, .counting_since = long_ago});
    EXPECT_THAT(decision.lost, IsEmpty());
}

TEST(Sweep, uses_the_times_of_the_clinic) {
    TenantConfig config;
    config.abandon_after = minutes{1};
    config.grace_reconnect = seconds{5};
    config.join_window_after = minutes{0};
    const auto gone = everybody(false, nine_o_clock + minutes{20});
    const SessionData active = a_session().active().data();
    const SessionData scheduled = a_session().data();
    const auto at_time = [&](Instant now) { return SweepClock{.now = now, .counting_since = long_ago}; };

    EXPECT_EQ(decide_sweep(active, gone, config, at_time(nine_o_clock + minutes{21})).action,
              SweepAction::abandon);
    EXPECT_EQ(
        decide_sweep(active, gone, config, at_time(nine_o_clock + minutes{20} + seconds{5})).lost.size(), 2U);
    EXPECT_EQ(decide_sweep(scheduled, {}, config, at_time(scheduled_end)).action, SweepAction::expire);
}

}  // namespace
}  // namespace vcare::testing
