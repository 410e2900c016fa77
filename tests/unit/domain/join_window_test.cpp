// SPDX-License-Identifier: Apache-2.0
#include "domain/join_window.hpp"

#include <gtest/gtest.h>

#include "support/builders/session_builder.hpp"

namespace vcare::testing {
namespace {

constexpr Instant opens = nine_o_clock - minutes{15};
constexpr Instant closes = nine_o_clock + minutes{30} + minutes{30};

JoinWindow window(Instant now, std::optional<seconds> ttl = {}, const TenantConfig& config = {}) {
    return JoinWindow::make(a_session().data(), config, now, ttl);
}

JoinTokenRecord a_token() {
    return {.jti = "jti-1",
            .session = a_session().data().id,
            .participant = the_patient(),
            .role = Role::patient,
            .issued_at = nine_o_clock - days{1},
            .issued_for = nine_o_clock,
            .window = window(nine_o_clock - days{1}),
            .code_hash = "hash"};
}

ErrorCode refusal(const JoinTokenRecord& token, const SessionBuilder& session, Instant now) {
    const auto answer = check_join(token, session.data(), now);
    EXPECT_FALSE(answer.has_value());
    return answer ? ErrorCode::not_found : answer.error().code;
}

TEST(JoinWindow, is_the_visit_and_what_the_clinic_adds_on_both_sides) {
    EXPECT_EQ(window(nine_o_clock - days{1}), (JoinWindow{opens, closes}));
    EXPECT_EQ(window(nine_o_clock + minutes{50}), (JoinWindow{opens, closes}));
}

TEST(JoinWindow, is_cut_by_a_shorter_time_to_live_counted_from_the_later_of_now_and_the_opening) {
    EXPECT_EQ(window(nine_o_clock - days{1}, seconds{60}).expires_at, opens + seconds{60});
    EXPECT_EQ(window(nine_o_clock, seconds{60}).expires_at, nine_o_clock + seconds{60});
    EXPECT_EQ(window(nine_o_clock, seconds{86400}).expires_at, closes) << "never longer than the window";
}

TEST(JoinWindow, is_cut_by_the_cap_of_the_clinic) {
    TenantConfig config;
    config.join_token_ttl = minutes{20};
    EXPECT_EQ(window(nine_o_clock - days{1}, {}, config).expires_at, opens + minutes{20});
    EXPECT_EQ(window(nine_o_clock - days{1}, seconds{60}, config).expires_at, opens + seconds{60});
    EXPECT_EQ(window(nine_o_clock - days{1}, hours{1}, config).expires_at, opens + minutes{20});
    config.join_token_ttl = minutes{1440};
    EXPECT_EQ(window(nine_o_clock, {}, config).expires_at, closes);
}

TEST(JoinToken, works_exactly_inside_its_window) {
    const JoinTokenRecord token = a_token();
    EXPECT_EQ(refusal(token, a_session(), opens - milliseconds{1}), ErrorCode::token_not_yet_valid);
    EXPECT_TRUE(check_join(token, a_session().data(), opens).has_value());
    EXPECT_TRUE(check_join(token, a_session().data(), closes - milliseconds{1}).has_value());
    EXPECT_EQ(refusal(token, a_session(), closes), ErrorCode::token_expired);
}

TEST(JoinToken, that_is_early_says_from_when_it_works) {
    const auto answer = check_join(a_token(), a_session().data(), nine_o_clock - days{1});
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().valid_from, opens);
}

TEST(JoinToken, that_is_void_is_refused_alike_whatever_voided_it_and_whenever) {
    JoinTokenRecord used = a_token();
    used.used_at = nine_o_clock;
    JoinTokenRecord replaced = a_token();
    replaced.replaced_at = nine_o_clock;
    JoinTokenRecord of_a_stranger = a_token();
    of_a_stranger.participant = nobody();
    for (const Instant now : {opens - days{1}, nine_o_clock, closes + days{1}}) {
        EXPECT_EQ(refusal(used, a_session(), now), ErrorCode::token_invalid);
        EXPECT_EQ(refusal(replaced, a_session(), now), ErrorCode::token_invalid);
        EXPECT_EQ(refusal(of_a_stranger, a_session(), now), ErrorCode::token_invalid);
        EXPECT_EQ(refusal(a_token(), a_session().patient(ParticipantStatus::removed), now),
                  ErrorCode::token_invalid);
        for (const auto status : {SessionStatus::ended, SessionStatus::cancelled, SessionStatus::failed})
            EXPECT_EQ(refusal(a_token(), a_session().over(status), now), ErrorCode::token_invalid);
    }
}

TEST(LinkState, follows_the_window_of_a_current_link) {
    EXPECT_EQ(state_of(a_token(), a_session().data(), opens - milliseconds{1}), LinkState::early);
    EXPECT_EQ(state_of(a_token(), a_session().data(), opens), LinkState::open);
    EXPECT_EQ(state_of(a_token(), a_session().data(), closes), LinkState::expired);
}

TEST(LinkState, of_a_finished_session_says_so_whatever_became_of_the_token) {
    JoinTokenRecord used = a_token();
    used.used_at = nine_o_clock;
    for (const JoinTokenRecord& token : {a_token(), used}) {
        EXPECT_EQ(state_of(token, a_session().over(SessionStatus::cancelled).data(), nine_o_clock),
                  LinkState::cancelled);
        EXPECT_EQ(state_of(token, a_session().over(SessionStatus::ended).data(), nine_o_clock),
                  LinkState::ended);
        EXPECT_EQ(state_of(token, a_session().over(SessionStatus::failed).data(), nine_o_clock),
                  LinkState::ended);
    }
}

TEST(LinkState, of_a_used_replaced_or_removed_ones_link_is_used) {
    JoinTokenRecord used = a_token();
    used.used_at = nine_o_clock;
    JoinTokenRecord replaced = a_token();
    replaced.replaced_at = nine_o_clock;
    EXPECT_EQ(state_of(used, a_session().data(), nine_o_clock), LinkState::used);
    EXPECT_EQ(state_of(replaced, a_session().data(), nine_o_clock), LinkState::used);
    EXPECT_EQ(state_of(a_token(), a_session().patient(ParticipantStatus::removed).data(), nine_o_clock),
              LinkState::used);
}

TEST(LinkState, says_moved_for_the_link_of_a_time_that_is_no_more) {
    const SessionData moved =
        a_session().scheduled_for(nine_o_clock + days{1}, nine_o_clock + days{1} + minutes{30}).data();
    JoinTokenRecord replaced = a_token();
    replaced.replaced_at = nine_o_clock;
    EXPECT_EQ(state_of(replaced, moved, nine_o_clock), LinkState::moved);
    replaced.used_at = nine_o_clock;
    EXPECT_EQ(state_of(replaced, moved, nine_o_clock), LinkState::used) << "it was used before the move";
}

}  // namespace
}  // namespace vcare::testing
