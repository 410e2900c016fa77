// SPDX-License-Identifier: Apache-2.0
#include "unit/adapters/store/store_fixture.hpp"

namespace vcare::store {
namespace {

class PresenceStoreTest : public StoreTest {
  protected:
    PresenceStoreTest()
        : session_(make_session()), id_(session_.data().id), patient_(patient_of(session_.data())) {}

    void open(std::string stream, Instant when, std::string replica = "replica-1") {
        must(await(store().presence().stream_opened(here(), id_, patient_, std::move(stream),
                                                    std::move(replica), when)));
    }
    void close(std::string stream, Instant when, Instant look_at = nine_o_clock + hours{9}) {
        must(
            await(store().presence().stream_closed(here(), id_, patient_, std::move(stream), when, look_at)));
    }
    Instant beat(Instant when, std::string replica = "replica-1") {
        return must(await(store().presence().heartbeat(std::move(replica), when)));
    }
    std::vector<Presence> presences(Instant now, TenantScope scope = here()) {
        return must(await(store().presence().presences(std::move(scope), id_, now)));
    }
    Presence presence(Instant now) { return presences(now).at(0); }

    Session session_;
    SessionId id_;
    ParticipantId patient_;
};

VCARE_ON_BOTH_STORES(PresenceStoreTest);

TEST_P(PresenceStoreTest, knows_an_open_stream_and_when_it_closed) {
    beat(nine_o_clock);
    open("stream-1", nine_o_clock);
    EXPECT_TRUE(presence(nine_o_clock + seconds{5}).stream_open);

    close("stream-1", nine_o_clock + seconds{6});

    const Presence now = presence(nine_o_clock + seconds{7});
    EXPECT_FALSE(now.stream_open);
    EXPECT_EQ(now.last_closed, nine_o_clock + seconds{6});
}

TEST_P(PresenceStoreTest, counts_somebody_with_two_streams_as_here_until_both_are_closed) {
    beat(nine_o_clock);
    open("stream-1", nine_o_clock);
    open("stream-2", nine_o_clock + seconds{1});

    close("stream-1", nine_o_clock + seconds{2});
    EXPECT_TRUE(presence(nine_o_clock + seconds{3}).stream_open);
    close("stream-2", nine_o_clock + seconds{4});
    EXPECT_FALSE(presence(nine_o_clock + seconds{5}).stream_open);
}

TEST_P(PresenceStoreTest, closes_the_streams_of_a_replica_that_fell_silent) {
    beat(nine_o_clock);
    open("stream-1", nine_o_clock + seconds{1});
    beat(nine_o_clock + seconds{5});
    beat(nine_o_clock + seconds{20}, "replica-2");

    EXPECT_TRUE(presence(nine_o_clock + seconds{20}).stream_open);
    const Presence later = presence(nine_o_clock + seconds{21});

    EXPECT_FALSE(later.stream_open);
    EXPECT_EQ(later.last_closed, nine_o_clock + seconds{5});
}

TEST_P(PresenceStoreTest, takes_a_replica_that_has_not_beaten_yet_for_alive) {
    open("stream-1", nine_o_clock);

    EXPECT_TRUE(presence(nine_o_clock + seconds{10}).stream_open);
    EXPECT_FALSE(presence(nine_o_clock + seconds{16}).stream_open);
}

TEST_P(PresenceStoreTest, keeps_few_rows_however_often_somebody_comes_and_goes) {
    for (int i = 0; i < 20; ++i) {
        open("stream-" + std::to_string(i), nine_o_clock + seconds{i});
        close("stream-" + std::to_string(i), nine_o_clock + seconds{i});
    }

    EXPECT_EQ(count("SELECT COUNT(*) FROM streams"), 1);
    EXPECT_EQ(presence(nine_o_clock + minutes{1}).last_closed, nine_o_clock + seconds{19});
}

TEST_P(PresenceStoreTest, remembers_the_last_call_of_a_client_without_a_stream) {
    auto& presence_store = store().presence();
    must(await(presence_store.called(here(), id_, patient_, nine_o_clock + seconds{5})));
    must(await(presence_store.called(here(), id_, patient_, nine_o_clock + seconds{2})));

    EXPECT_EQ(presence(nine_o_clock + seconds{6}).last_call, nine_o_clock + seconds{5});
    EXPECT_FALSE(presence(nine_o_clock + seconds{6}).stream_open);
}

TEST_P(PresenceStoreTest, makes_the_sweeper_look_no_later_than_asked) {
    const auto due_at = [&] { return count("SELECT due_at FROM due_times"); };

    close("stream-1", nine_o_clock, nine_o_clock + minutes{1});
    EXPECT_EQ(due_at(), to_unix_ms(nine_o_clock + minutes{1}));
    close("stream-1", nine_o_clock, nine_o_clock + minutes{2});
    EXPECT_LE(due_at(), to_unix_ms(nine_o_clock + minutes{1}));
}

TEST_P(PresenceStoreTest, counts_time_from_the_first_heartbeat_ever) {
    EXPECT_EQ(beat(nine_o_clock), nine_o_clock);
    EXPECT_EQ(beat(nine_o_clock + seconds{5}), nine_o_clock);
}

TEST_P(PresenceStoreTest, starts_counting_again_at_the_end_of_an_outage_of_all_replicas) {
    beat(nine_o_clock);
    EXPECT_EQ(beat(nine_o_clock + seconds{15}), nine_o_clock);

    const Instant back = nine_o_clock + seconds{31};
    EXPECT_EQ(beat(back, "replica-2"), back);
    EXPECT_EQ(beat(back + seconds{5}, "replica-2"), back);
    reopen();
    EXPECT_EQ(beat(back + seconds{10}, "replica-3"), back);
}

TEST_P(PresenceStoreTest, sees_no_outage_while_one_replica_lives) {
    beat(nine_o_clock, "replica-1");
    for (int i = 1; i < 5; ++i) beat(nine_o_clock + seconds{10 * i}, "replica-2");

    EXPECT_EQ(beat(nine_o_clock + seconds{45}, "replica-1"), nine_o_clock);
}

TEST_P(PresenceStoreTest, shows_another_tenant_nobody) {
    open("stream-1", nine_o_clock);

    EXPECT_TRUE(presences(nine_o_clock, elsewhere()).empty());
}

}  // namespace
}  // namespace vcare::store
