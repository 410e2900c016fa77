// SPDX-License-Identifier: Apache-2.0
#include <openssl/evp.h>

#include "application/audit_chain.hpp"
#include "unit/adapters/store/store_fixture.hpp"

namespace vcare::store {
namespace {

using application::AuditEntry;
using application::AuditQuery;
using application::CheckpointTurn;
using application::SealedEntry;

constexpr seconds turn_life{15};

std::string sha256_hex(const std::string& text) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr);
    std::string hex;
    for (unsigned i = 0; i < size; ++i) {
        char two[3];
        std::snprintf(two, sizeof two, "%02x", digest[i]);
        hex += two;
    }
    return hex;
}

class AuditStoreTest : public StoreTest {
  protected:
    void append(std::vector<AuditEntry> entries, TenantScope scope = here()) {
        must(await(store().audit().append_reads(std::move(scope), std::move(entries))));
    }
    void append_numbers(std::uint64_t first, std::uint64_t last) {
        std::vector<AuditEntry> entries;
        for (std::uint64_t number = first; number <= last; ++number)
            entries.push_back(an_audit_entry(number, nine_o_clock + seconds{static_cast<int>(number)}));
        append(std::move(entries));
    }
    /// How many entries it came to, with no chain left behind.
    unsigned seal(unsigned limit = 1000) {
        const auto sealing = must(await(store().queues().seal_audit(limit)));
        EXPECT_EQ(sealing.stuck_chains, 0U);
        return sealing.entries;
    }
    CheckpointTurn claim_checkpoint(Instant now) {
        return must(await(store().queues().claim_checkpoint(now, now + turn_life, now + minutes{1})));
    }
    void keep(CheckpointTurn turn, std::string signature, Instant at = nine_o_clock) {
        must(await(
            store().queues().keep_checkpoint(std::move(turn), std::move(signature), at, at + minutes{1})));
    }
    std::vector<application::AuditCheckpoint> checkpoints() {
        return must(await(store().audit().checkpoints()));
    }
    std::uint64_t unsealed(TenantScope scope = here()) {
        return must(await(store().audit().count_unsealed(std::move(scope))));
    }
    std::vector<SealedEntry> chain(std::uint64_t after = 0, TenantScope scope = here()) {
        return must(await(store().audit().read_chain(std::move(scope), after, 1000)));
    }
    std::vector<AuditId> list_ids(AuditQuery query, TenantScope scope = here()) {
        std::vector<AuditId> ids;
        for (const auto& entry :
             must(await(store().audit().list_audit(std::move(scope), std::move(query)))).items)
            ids.push_back(entry.id);
        return ids;
    }
    /// The sequence of the first entry that is not what was sealed; 0 when all are.
    std::uint64_t first_break() {
        std::string hash;
        std::uint64_t expected = 1;
        for (const SealedEntry& sealed : chain()) {
            hash = sha256_hex(hash + application::canonical_text(sealed.entry));
            if (sealed.sequence != expected || hash != sealed.chain_hash) return expected;
            ++expected;
        }
        return 0;
    }
};

VCARE_ON_BOTH_STORES(AuditStoreTest);

TEST_P(AuditStoreTest, gives_an_entry_back_as_it_was_written) {
    AuditEntry full = an_audit_entry(1);
    full.patient = the_patient_id();
    full.outcome = "ACCESS_DENIED";
    full.remote_address = "192.0.2.1";
    AuditEntry bare = an_audit_entry(2);
    bare.session = std::nullopt;
    bare.actor = R"(quote " backslash \ and é)";
    const auto bring_back = [&](const AuditEntry& entry, TenantScope scope) {
        for (const AuditEntry& there : must(await(store().audit().list_audit(std::move(scope), {}))).items)
            if (there.id == entry.id) return application::canonical_text(there);
        return std::string{"it is not there"};
    };

    append({full, bare});
    append({full}, elsewhere());
    append({bare}, elsewhere());

    for (const AuditEntry& entry : {full, bare}) {
        EXPECT_EQ(bring_back(entry, here()), application::canonical_text(entry)) << "written with others";
        EXPECT_EQ(bring_back(entry, elsewhere()), application::canonical_text(entry)) << "written alone";
    }
}

TEST_P(AuditStoreTest, lists_the_newest_first_by_session_actor_and_time) {
    AuditEntry of_other_session = an_audit_entry(1);
    of_other_session.session = an_id<SessionId>(200);
    AuditEntry of_nobody = an_audit_entry(2);
    of_nobody.session = std::nullopt;
    AuditEntry of_other_actor = an_audit_entry(3);
    of_other_actor.actor = "user-2";
    AuditEntry later = an_audit_entry(4);
    later.id = AuditId::make(nine_o_clock + hours{1}, UlidEntropy{});
    later.at = nine_o_clock + hours{1};
    append({of_other_session, of_nobody, of_other_actor, later});

    EXPECT_EQ(list_ids({}).size(), 4U);
    EXPECT_EQ(list_ids({})[0], later.id);
    EXPECT_EQ(list_ids({.session = an_id<SessionId>(200)}), std::vector{of_other_session.id});
    EXPECT_EQ(list_ids({.actor = "user-2"}), std::vector{of_other_actor.id});
    EXPECT_EQ(list_ids({.session = an_id<SessionId>(100), .actor = "user-2"}),
              std::vector{of_other_actor.id});
    EXPECT_EQ(list_ids({.from = nine_o_clock + minutes{1}}), std::vector{later.id});
    EXPECT_EQ(list_ids({.to = nine_o_clock + hours{1}}).size(), 3U);
    EXPECT_TRUE(list_ids({}, elsewhere()).empty());
}

TEST_P(AuditStoreTest, pages_through_every_entry_once) {
    append_numbers(1, 7);
    std::vector<AuditId> seen;
    AuditQuery query{.limit = 3};

    do {
        const auto page = must(await(store().audit().list_audit(here(), query)));
        for (const AuditEntry& entry : page.items) seen.push_back(entry.id);
        query.cursor = page.next_cursor;
    } while (query.cursor);

    EXPECT_EQ(seen, list_ids({}));
    EXPECT_EQ(seen.size(), 7U);
    const auto wrong = await(store().audit().list_audit(here(), {.cursor = "x"}));
    EXPECT_EQ(wrong.error().fields.at(0).pointer, "/cursor");
}

TEST_P(AuditStoreTest, seals_each_tenants_entries_in_a_chain_of_its_own) {
    append_numbers(1, 3);
    append({an_audit_entry(9)}, elsewhere());
    EXPECT_EQ(unsealed(), 3U);

    EXPECT_EQ(seal(), 4U);
    append_numbers(4, 5);
    EXPECT_EQ(seal(), 2U);

    EXPECT_EQ(unsealed(), 0U);
    EXPECT_EQ(chain().size(), 5U);
    EXPECT_EQ(first_break(), 0U);
    EXPECT_EQ(chain(0, elsewhere()).size(), 1U);
    EXPECT_EQ(chain(0, elsewhere())[0].sequence, 1U);
    EXPECT_EQ(chain(3).front().sequence, 4U);
}

TEST_P(AuditStoreTest, makes_the_same_chain_in_small_bites) {
    append_numbers(1, 7);
    while (seal(2) > 0) continue;

    EXPECT_EQ(chain().size(), 7U);
    EXPECT_EQ(first_break(), 0U);
}

TEST_P(AuditStoreTest, seals_the_other_chains_while_an_entry_of_one_cannot_be_read) {
    append_numbers(1, 2);
    seal();
    append_numbers(3, 4);
    append({an_audit_entry(9)}, elsewhere());
    const std::string of_the_last = " WHERE audit_id = '" + an_id<AuditId>(4).text() + "'";
    tamper("UPDATE audit_entries SET session_id = 'no id'" + of_the_last);

    // Also when a round takes fewer than wait.
    for (const unsigned limit : {1000U, 1U}) {
        append({an_audit_entry(10 + limit)}, elsewhere());
        application::Sealing round;
        do round = must(await(store().queues().seal_audit(limit)));
        while (round.entries > 0);
        EXPECT_EQ(round.stuck_chains, 1U) << limit;
        EXPECT_EQ(unsealed(elsewhere()), 0U) << limit;
    }
    EXPECT_GE(unsealed(), 1U) << "it is said to be unsealed";
    EXPECT_EQ(first_break(), 0U) << "what was sealed of it is as good as before";

    tamper("UPDATE audit_entries SET session_id = NULL" + of_the_last);
    seal();
    EXPECT_EQ(unsealed(), 0U);
    EXPECT_EQ(chain().size(), 4U);
    EXPECT_EQ(first_break(), 0U);
}

TEST_P(AuditStoreTest, seals_the_other_chains_while_one_has_something_in_the_place_of_its_next_entry) {
    append_numbers(1, 2);
    seal();
    tamper(
        "INSERT INTO audit_chain SELECT tenant_id, 3, 'aud_01KJQ00000000000000000000A', chain_hash"
        " FROM audit_chain WHERE sequence = 2");
    append_numbers(3, 3);
    append({an_audit_entry(9)}, elsewhere());

    const auto sealing = must(await(store().queues().seal_audit(1000)));

    EXPECT_EQ(sealing.stuck_chains, 1U);
    EXPECT_EQ(sealing.entries, 1U);
    EXPECT_EQ(unsealed(), 1U);
    EXPECT_EQ(unsealed(elsewhere()), 0U);
}

TEST_P(AuditStoreTest, seals_nothing_that_has_no_entrys_id) {
    append_numbers(1, 1);
    tamper("INSERT INTO audit_unsealed VALUES ('clinic-0', 'no id')");

    const auto sealing = must(await(store().queues().seal_audit(1000)));

    EXPECT_EQ(sealing.stuck_chains, 1U);
    EXPECT_EQ(sealing.entries, 1U);
    EXPECT_EQ(unsealed(), 0U);
    EXPECT_EQ(count("SELECT COUNT(*) FROM audit_unsealed"), 1);
}

TEST_P(AuditStoreTest, shows_an_edited_entry) {
    append_numbers(1, 5);
    seal();
    tamper("UPDATE audit_entries SET actor = 'somebody' WHERE audit_id = '" + chain()[2].entry.id.text() +
           "'");

    EXPECT_EQ(first_break(), 3U);
}

TEST_P(AuditStoreTest, shows_a_missing_entry) {
    append_numbers(1, 5);
    seal();
    tamper("DELETE FROM audit_entries WHERE audit_id = '" + chain()[2].entry.id.text() + "'");

    EXPECT_EQ(first_break(), 3U);
    EXPECT_TRUE(chain()[2].entry.action.empty());
}

TEST_P(AuditStoreTest, shows_an_entry_that_is_missing_with_its_place) {
    append_numbers(1, 5);
    seal();
    tamper("DELETE FROM audit_entries WHERE audit_id = '" + chain()[2].entry.id.text() + "'");
    tamper("DELETE FROM audit_chain WHERE sequence = 3");

    EXPECT_EQ(first_break(), 3U);
}

TEST_P(AuditStoreTest, shows_entries_in_another_order) {
    append_numbers(1, 5);
    seal();
    tamper(
        "UPDATE audit_chain SET sequence = -sequence WHERE sequence IN (2, 3);"
        "UPDATE audit_chain SET sequence = 5 + sequence WHERE sequence < 0");

    EXPECT_EQ(first_break(), 2U);
}

TEST_P(AuditStoreTest, shows_an_entry_that_was_inserted_into_the_chain) {
    append_numbers(1, 5);
    seal();
    tamper(
        "INSERT INTO audit_chain SELECT tenant_id, 6, 'aud_01KJQ00000000000000000000A', chain_hash"
        " FROM audit_chain WHERE sequence = 5");

    EXPECT_EQ(first_break(), 6U);
}

TEST_P(AuditStoreTest, finds_an_entry_that_nobody_wrote_through_the_service) {
    append_numbers(1, 2);
    seal();
    append_numbers(3, 3);
    EXPECT_FALSE(must(await(store().audit().find_unaccounted(here()))).has_value());

    tamper(
        "INSERT INTO audit_entries SELECT tenant_id, 'aud_01KJQ00000000000000000000A', at, actor, action,"
        " session_id, patient_id, outcome, remote_address, trace_id FROM audit_entries LIMIT 1");

    const auto found = must(await(store().audit().find_unaccounted(here())));
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->text(), "aud_01KJQ00000000000000000000A");
    EXPECT_FALSE(must(await(store().audit().find_unaccounted(elsewhere()))).has_value());
}

TEST_P(AuditStoreTest, states_in_a_checkpoint_how_far_each_chain_that_moved_has_come) {
    append_numbers(1, 2);
    append({an_audit_entry(9)}, elsewhere());
    seal();

    const CheckpointTurn first = claim_checkpoint(nine_o_clock);

    ASSERT_TRUE(first.is_ours);
    EXPECT_EQ(first.text, "clinic-1 2 " + chain()[1].chain_hash + "\nclinic-2 1 " +
                              chain(0, elsewhere())[0].chain_hash + "\n");
    keep(first, "signature-1");
    const CheckpointTurn idle = claim_checkpoint(nine_o_clock + minutes{1});
    EXPECT_FALSE(idle.is_ours) << "no chain moved";
    EXPECT_EQ(idle.until, nine_o_clock + minutes{2});

    append_numbers(3, 3);
    seal();
    const CheckpointTurn second = claim_checkpoint(nine_o_clock + minutes{2});
    EXPECT_EQ(second.text, "clinic-1 3 " + chain()[2].chain_hash + "\n");
    keep(second, "signature-2", nine_o_clock + minutes{2});

    const auto kept = checkpoints();
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(kept[0].number, 1U);
    EXPECT_EQ(kept[0].text, first.text);
    EXPECT_EQ(kept[0].signature, "signature-1");
    EXPECT_EQ(kept[1].number, 2U);
    EXPECT_EQ(kept[1].at, nine_o_clock + minutes{2});
}

TEST_P(AuditStoreTest, lets_one_replica_sign_a_checkpoint_and_says_to_the_others_when_to_ask_again) {
    append_numbers(1, 1);
    seal();

    const CheckpointTurn first = claim_checkpoint(nine_o_clock);
    ASSERT_TRUE(first.is_ours);
    const CheckpointTurn other = claim_checkpoint(nine_o_clock + seconds{1});
    EXPECT_FALSE(other.is_ours);
    EXPECT_EQ(other.until, nine_o_clock + turn_life);
    keep(first, "signature-1");

    append_numbers(2, 2);
    seal();
    const CheckpointTurn early = claim_checkpoint(nine_o_clock + turn_life);
    EXPECT_FALSE(early.is_ours) << "there was one within the minute";
    EXPECT_EQ(early.until, nine_o_clock + minutes{1});
    EXPECT_TRUE(claim_checkpoint(nine_o_clock + minutes{1}).is_ours);
}

TEST_P(AuditStoreTest, keeps_one_checkpoint_when_a_replica_signs_after_its_turn_went_to_another) {
    append_numbers(1, 1);
    seal();
    const CheckpointTurn late = claim_checkpoint(nine_o_clock);
    const CheckpointTurn next = claim_checkpoint(nine_o_clock + turn_life);
    ASSERT_TRUE(late.is_ours);
    ASSERT_TRUE(next.is_ours);

    keep(late, "too late");
    EXPECT_TRUE(checkpoints().empty());
    keep(next, "signature");

    ASSERT_EQ(checkpoints().size(), 1U);
    EXPECT_EQ(checkpoints()[0].signature, "signature");
    EXPECT_EQ(checkpoints()[0].number, 1U);
}

TEST_P(AuditStoreTest, pages_through_checkpoints_in_the_order_of_their_times) {
    std::uint64_t entries = 0;
    Instant turn = nine_o_clock;
    for (const Instant when : {nine_o_clock, nine_o_clock, nine_o_clock + minutes{1}}) {
        ++entries;
        append_numbers(entries, entries);
        seal();
        keep(claim_checkpoint(turn), "signature", when);
        turn += minutes{2};
    }
    const auto numbers = [&](application::CheckpointPlace behind, unsigned limit = 10) {
        std::vector<std::uint64_t> numbers;
        for (const auto& checkpoint : must(await(store().audit().checkpoints(behind, limit))))
            numbers.push_back(checkpoint.number);
        return numbers;
    };

    EXPECT_EQ(numbers({}), (std::vector<std::uint64_t>{1, 2, 3}));
    EXPECT_EQ(numbers({}, 2), (std::vector<std::uint64_t>{1, 2}));
    EXPECT_EQ(numbers({.at = nine_o_clock, .number = 1}), (std::vector<std::uint64_t>{2, 3}));
    EXPECT_EQ(numbers({.at = nine_o_clock + seconds{1}}), std::vector<std::uint64_t>{3});
}

TEST_P(AuditStoreTest, finds_an_entry_that_was_put_where_the_chain_is_not) {
    append_numbers(1, 2);
    seal();
    ASSERT_FALSE(must(await(store().audit().find_unaccounted(here()))).has_value());

    tamper("UPDATE audit_chain SET sequence = 0 WHERE sequence = 2");

    EXPECT_TRUE(must(await(store().audit().find_unaccounted(here()))).has_value());
}

TEST_P(AuditStoreTest, knows_which_entries_it_has) {
    append_numbers(1, 1);

    EXPECT_TRUE(must(await(store().audit().has_entry(here(), an_id<AuditId>(1)))));
    EXPECT_FALSE(must(await(store().audit().has_entry(here(), an_id<AuditId>(2)))));
    EXPECT_FALSE(must(await(store().audit().has_entry(elsewhere(), an_id<AuditId>(1)))));
}

}  // namespace
}  // namespace vcare::store
