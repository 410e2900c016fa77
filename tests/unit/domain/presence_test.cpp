// SPDX-License-Identifier: Apache-2.0
#include "domain/presence.hpp"

#include <gtest/gtest.h>

#include "support/builders/session_builder.hpp"

namespace vcare::testing {
namespace {

constexpr seconds grace{60};

Presence of_the_provider() {
    return {.participant = the_provider()};
}

TEST(Presence, is_an_open_stream_a_reload_or_a_recent_call) {
    const auto connected = [](auto change) {
        Presence presence = of_the_provider();
        change(presence);
        return is_connected(presence, nine_o_clock, grace);
    };
    EXPECT_FALSE(connected([](Presence&) {}));
    EXPECT_TRUE(connected([](Presence& p) { p.stream_open = true; }));
    EXPECT_TRUE(connected([](Presence& p) { p.last_closed = nine_o_clock - milliseconds{9999}; }));
    EXPECT_FALSE(connected([](Presence& p) { p.last_closed = nine_o_clock - seconds{10}; }));
    EXPECT_TRUE(connected([](Presence& p) { p.last_call = nine_o_clock - milliseconds{59999}; }));
    EXPECT_FALSE(connected([](Presence& p) { p.last_call = nine_o_clock - seconds{60}; }));
}

bool present(const SessionBuilder& session, const std::vector<Presence>& presences) {
    const SessionData data = session.data();
    const auto proof = ProviderPresent::check(data.participants, presences, nine_o_clock, grace);
    if (!proof) EXPECT_EQ(proof.error().code, ErrorCode::provider_not_present);
    return proof.has_value();
}

TEST(ProviderPresent, takes_a_provider_who_is_active_and_connected) {
    const std::vector<Presence> connected = {{.participant = the_provider(), .stream_open = true}};
    EXPECT_TRUE(present(a_session().waiting(), connected));
    EXPECT_FALSE(present(a_session().waiting(), {}));
    EXPECT_FALSE(present(a_session().waiting(), {of_the_provider()}));
    EXPECT_FALSE(present(a_session().waiting().provider(ParticipantStatus::disconnected), connected));
    EXPECT_FALSE(present(a_session(), connected)) << "invited only";
}

TEST(ProviderPresent, is_not_shown_by_anybody_else_who_is_connected) {
    const std::vector<Presence> connected = {{.participant = the_interpreter(), .stream_open = true},
                                             {.participant = the_patient(), .stream_open = true}};
    EXPECT_FALSE(present(a_session().active().interpreter(ParticipantStatus::active), connected));
}

TEST(ProviderPresent, is_shown_by_any_of_several_providers) {
    EXPECT_TRUE(
        present(a_session().waiting().with(the_second_provider(), Role::provider, ParticipantStatus::active),
                {of_the_provider(), {.participant = the_second_provider(), .stream_open = true}}));
}

}  // namespace
}  // namespace vcare::testing
