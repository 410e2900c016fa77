// SPDX-License-Identifier: Apache-2.0
#include <openssl/evp.h>

#include "application/audit_chain.hpp"
#include "unit/adapters/store/store_fixture.hpp"

namespace vcare::store {
namespace {

using application::AuditEntry;
using application::AuditQuery;
using application::SealedEntry;

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
    unsigned seal(unsigned limit = 1000) { return must(await(store().queues().seal_audit(limit))); }
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
    AuditEntry entry = an_audit_entry(1);
    entry.patient = the_patient_id();
    entry.outcome = "ACCESS_DENIED";
    entry.remote_address = "192.0.2.1";
    append({entry});

    const auto page = must(await(store().audit().list_audit(here(), {})));

    ASSERT_EQ(page.items.size(), 1U);
    EXPECT_EQ(application::canonical_text(page.items[0]), application::canonical_text(entry));
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
    EXPECT_EQ(must(await(store().audit().count_unsealed(here()))), 3U);

    EXPECT_EQ(seal(), 4U);
    append_numbers(4, 5);
    EXPECT_EQ(seal(), 2U);

    EXPECT_EQ(must(await(store().audit().count_unsealed(here()))), 0U);
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
    auto& queues = store().queues();

    const std::string text = must(await(queues.next_checkpoint()));

    EXPECT_EQ(text, "clinic-1 2 " + chain()[1].chain_hash + "\nclinic-2 1 " +
                        chain(0, elsewhere())[0].chain_hash + "\n");
    must(await(queues.keep_checkpoint(text, "signature-1", nine_o_clock)));
    EXPECT_EQ(must(await(queues.next_checkpoint())), "");

    append_numbers(3, 3);
    seal();
    const std::string moved = must(await(queues.next_checkpoint()));
    EXPECT_EQ(moved, "clinic-1 3 " + chain()[2].chain_hash + "\n");
    must(await(queues.keep_checkpoint(moved, "signature-2", nine_o_clock)));

    const auto kept = must(await(store().audit().checkpoints()));
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(kept[0].number, 1U);
    EXPECT_EQ(kept[0].text, text);
    EXPECT_EQ(kept[0].signature, "signature-1");
    EXPECT_EQ(kept[1].number, 2U);
    EXPECT_EQ(kept[1].at, nine_o_clock);
}

}  // namespace
}  // namespace vcare::store
