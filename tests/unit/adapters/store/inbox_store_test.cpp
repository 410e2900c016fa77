// SPDX-License-Identifier: Apache-2.0
#include "unit/adapters/store/store_fixture.hpp"

namespace vcare::store {
namespace {

using application::HeldMessage;

constexpr minutes claim_life{1};

class InboxStoreTest : public StoreTest {
  protected:
    /// A dead letter, as whoever buried it wrote it.
    void bury(std::uint64_t sequence) {
        must(await(store().inbox().note_failure({.place = "SCHEDULING:" + std::to_string(sequence),
                                                 .stream = "SCHEDULING",
                                                 .sequence = sequence,
                                                 .tenant = this_clinic().text(),
                                                 .problem = "no start",
                                                 .failed_at = nine_o_clock,
                                                 .is_dead = true},
                                                1)));
    }
    unsigned replay(std::optional<std::string> place = std::nullopt, Instant now = nine_o_clock) {
        return must(await(store().inbox().replay_failures(std::move(place), now)));
    }
    std::vector<HeldMessage> claim(Instant now = nine_o_clock, unsigned limit = 10) {
        return must(await(store().inbox().claim_failures_to_replay(now, now + claim_life, limit)));
    }
    void put_off(std::vector<HeldMessage> held, Instant at) {
        must(await(store().inbox().put_off_replays(std::move(held), at)));
    }
};

VCARE_ON_BOTH_STORES(InboxStoreTest);

TEST_P(InboxStoreTest, hands_out_a_dead_letter_only_when_it_is_to_be_replayed) {
    bury(1);
    EXPECT_TRUE(claim().empty());

    EXPECT_EQ(replay(), 1U);
    EXPECT_EQ(replay(), 0U) << "it is on its way";

    const auto held = claim();
    ASSERT_EQ(held.size(), 1U);
    EXPECT_EQ(held[0].message.place, "SCHEDULING:1");
    EXPECT_EQ(held[0].message.stream, "SCHEDULING");
    EXPECT_EQ(held[0].message.sequence, 1U);
    EXPECT_FALSE(held[0].message.is_dead);
    EXPECT_EQ(held[0].held_until, nine_o_clock + claim_life);
}

TEST_P(InboxStoreTest, lets_one_replica_at_a_time_have_a_replay_and_the_next_when_that_one_is_silent) {
    bury(1);
    bury(2);
    ASSERT_EQ(replay(), 2U);

    EXPECT_EQ(claim(nine_o_clock, 1).size(), 1U);
    EXPECT_EQ(claim(nine_o_clock, 10).size(), 1U) << "the other one";
    EXPECT_TRUE(claim(nine_o_clock + claim_life - milliseconds{1}).empty());
    EXPECT_EQ(claim(nine_o_clock + claim_life).size(), 2U);
}

TEST_P(InboxStoreTest, puts_off_a_replay_that_is_still_ours_and_no_other) {
    bury(1);
    bury(2);
    ASSERT_EQ(replay(), 2U);
    const auto late = claim();
    const auto held = claim(nine_o_clock + claim_life);
    ASSERT_EQ(held.size(), 2U);

    put_off(late, nine_o_clock);
    EXPECT_TRUE(claim(nine_o_clock + claim_life).empty()) << "another replica has them";
    must(await(store().inbox().forget_failure("SCHEDULING:1")));
    put_off(held, nine_o_clock + claim_life + seconds{5});

    EXPECT_TRUE(claim(nine_o_clock + claim_life + seconds{4}).empty());
    const auto again = claim(nine_o_clock + claim_life + seconds{5});
    ASSERT_EQ(again.size(), 1U) << "the other one was taken";
    EXPECT_EQ(again[0].message.place, "SCHEDULING:2");
}

TEST_P(InboxStoreTest, keeps_a_replay_that_failed_again_as_a_dead_letter) {
    bury(1);
    ASSERT_EQ(replay("SCHEDULING:1"), 1U);
    const auto held = claim();
    ASSERT_EQ(held.size(), 1U);

    bury(1);
    put_off(held, nine_o_clock);

    EXPECT_TRUE(claim(nine_o_clock + days{1}).empty());
    EXPECT_EQ(must(await(store().inbox().lengths())).dead_letters, 1U);
}

TEST_P(InboxStoreTest, tells_who_was_barred_of_all_tenants_in_the_order_it_was_written) {
    const auto bar = [&](std::string_view user, std::string session, Instant barred_at, Instant written_at) {
        UnitOfWork unit;
        unit.barred = BarredUser{.tenant = this_clinic(),
                                 .user = UserId::parse(user).value(),
                                 .session = std::move(session),
                                 .barred_at = barred_at};
        unit.at = written_at;
        (void)commit(std::move(unit));
    };
    const auto after = [&](application::BarPlace last, unsigned limit = 10) {
        std::vector<std::string> found;
        for (const auto& bar : must(await(store().inbox().barred_users_after(std::move(last), limit))))
            found.push_back(bar.barred.user.text() + "/" + bar.barred.session + "@" +
                            std::to_string((bar.barred.barred_at - nine_o_clock).count()));
        return found;
    };
    bar("dr-2", "", nine_o_clock, nine_o_clock + seconds{2});
    bar("dr-1", "", nine_o_clock, nine_o_clock + seconds{1});
    bar("dr-1", "s-1", nine_o_clock, nine_o_clock + seconds{1});
    using All = std::vector<std::string>;

    EXPECT_EQ(after({}), (All{"dr-1/@0", "dr-1/s-1@0", "dr-2/@0"}));
    EXPECT_EQ(after({}, 1), (All{"dr-1/@0"}));
    EXPECT_EQ(after({nine_o_clock + seconds{1}, this_clinic().text(), "dr-1", ""}),
              (All{"dr-1/s-1@0", "dr-2/@0"}));

    bar("dr-1", "", nine_o_clock - seconds{5}, nine_o_clock + seconds{3});
    EXPECT_EQ(after({nine_o_clock + seconds{2}, "~", "", ""}), All{}) << "an earlier word changes nothing";
    bar("dr-1", "", nine_o_clock + seconds{5}, nine_o_clock + seconds{6});
    EXPECT_EQ(after({nine_o_clock + seconds{2}, "~", "", ""}), (All{"dr-1/@5000"}));

    must(await(store().queues().tidy_up(nine_o_clock + seconds{2} + bar_life, 100)));
    EXPECT_EQ(after({}), (All{"dr-1/@5000"})) << "no bearer is that old";
}

}  // namespace
}  // namespace vcare::store
