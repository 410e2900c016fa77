// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "adapters/store/store.hpp"
#include "unit/adapters/store/store_fixture.hpp"

namespace vcare::store {
namespace {

using application::AuditCut;
using application::AuditEntry;
using application::DueRetention;
using application::OverSession;
using application::RetainedKind;
using application::RetainedRows;
using application::RetentionMode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr Instant long_after = nine_o_clock + days{400};

class RetentionStoreTest : public StoreTest {
  protected:
    /// A visit that took place and whose events are delivered and whose Encounter is paid.
    SessionId a_visit_of_old(std::uint64_t number, Instant when = nine_o_clock) {
        Session session = a_new_session(number, this_clinic(), when, at(when));
        EXPECT_EQ(commit(unit_of(session, when)), CommitOutcome::done);
        must(session.cancel("no_longer_needed", at(when)));
        UnitOfWork unit = unit_of(session, when, std::nullopt);
        const SessionData& data = session.data();
        unit.issued_tokens.push_back({.jti = "jti-" + std::to_string(number),
                                      .session = data.id,
                                      .participant = patient_of(data),
                                      .role = Role::patient,
                                      .issued_at = when,
                                      .issued_for = data.scheduled_start,
                                      .window = {.valid_from = when, .expires_at = when + hours{1}},
                                      .code_hash = "code-" + std::to_string(number)});
        unit.credentials.push_back({.session = data.id,
                                    .participant = patient_of(data),
                                    .secret_hash = "secret-" + std::to_string(number),
                                    .issued_at = when});
        unit.whereabouts.push_back(
            {.participant = patient_of(data), .sealed = "sealed", .delete_at = when + hours{24}});
        unit.device_checks.push_back({.participant = patient_of(data),
                                      .at = when,
                                      .camera = "ok",
                                      .microphone = "ok",
                                      .speaker = "ok"});
        unit.refusals.push_back(
            {.participant = patient_of(data), .type = ConsentType::recording, .at = when});
        unit.feedback.push_back(
            {.session = data.id, .participant = patient_of(data), .rating = 4, .at = when});
        EXPECT_EQ(commit(std::move(unit)), CommitOutcome::done);
        return data.id;
    }
    void deliver_everything() { must(await(store().queues().number_events(0, 1000, nine_o_clock))); }
    std::vector<SessionId> over(Instant until = long_after, std::optional<OverSession> last = {},
                                unsigned limit = 100, TenantScope scope = here()) {
        std::vector<SessionId> ids;
        for (const OverSession& session : must(await(
                 store().retention().find_over_sessions(std::move(scope), until, std::move(last), limit))))
            ids.push_back(session.id);
        return ids;
    }
    RetainedRows drop(std::vector<SessionId> ids, RetentionMode mode = RetentionMode::apply,
                      TenantScope scope = here()) {
        std::vector<AuditEntry> entries;
        for (SessionId& id : ids) {
            entries.push_back(an_audit_entry(next_entry_++));
            entries.back().session = std::move(id);
        }
        return must(await(store().retention().delete_sessions(std::move(scope), std::move(entries), mode)));
    }
    std::int64_t rows_in(const std::string& table) { return count("SELECT COUNT(*) FROM " + table); }

    std::uint64_t next_entry_ = 700;
    const std::vector<std::string> tables_ = {"sessions",      "participants",      "transitions",
                                              "join_tokens",   "visit_credentials", "whereabouts",
                                              "device_checks", "feedback",          "consent_refusals"};
};
VCARE_ON_BOTH_STORES(RetentionStoreTest);

TEST_P(RetentionStoreTest, finds_what_is_over_for_long_enough_oldest_first) {
    const SessionId newer = a_visit_of_old(1, nine_o_clock + days{10});
    const SessionId older = a_visit_of_old(2);
    const SessionId newest = a_visit_of_old(3, nine_o_clock + days{20});
    Session open = a_new_session(4);
    ASSERT_EQ(commit(unit_of(open)), CommitOutcome::done);
    deliver_everything();

    EXPECT_THAT(over(), ElementsAre(older, newer, newest));
    EXPECT_THAT(over(nine_o_clock + days{10}), ElementsAre(older, newer));
    EXPECT_THAT(over(nine_o_clock - minutes{1}), IsEmpty());
    EXPECT_THAT(over(long_after, {}, 1), ElementsAre(older));
    const OverSession last{.id = older, .patient = the_patient_id(), .scheduled_start = nine_o_clock};
    EXPECT_THAT(over(long_after, last), ElementsAre(newer, newest));
    EXPECT_THAT(over(long_after, {}, 100, elsewhere()), IsEmpty());
}

TEST_P(RetentionStoreTest, spares_what_is_owed_or_not_delivered) {
    const SessionId id = a_visit_of_old(1);
    EXPECT_THAT(over(), IsEmpty()) << "its events have no number yet";
    must(await(store().queues().number_events(0, 1000, std::nullopt)));
    EXPECT_THAT(over(), IsEmpty()) << "the broker does not have them";
    tamper("UPDATE outbox SET published_at = 1");
    EXPECT_THAT(over(), ElementsAre(id));
    const std::string of_session = "('" + this_clinic().text() + "', '" + id.text() + "', ";
    tamper(
        "INSERT INTO encounter_debts (tenant_id, session_id, owed_since, attempts, next_attempt, state,"
        " last_problem) VALUES " +
        of_session + "1, 9, 1, 'dead', 'refused')");
    EXPECT_THAT(over(), IsEmpty()) << "the record does not have it, for whatever reason";
    tamper("DELETE FROM encounter_debts");
    tamper(
        "INSERT INTO outbox_dead_letters (tenant_id, session_id, event_id, position, type, subject, data, at,"
        " actor, correlation_id, traceparent, refusals, last_problem, died_at) VALUES " +
        of_session + "'evt', 1, 't', 's', '{}', 1, 'a', '', '', 5, 'p', 1)");
    EXPECT_THAT(over(), IsEmpty()) << "a dead letter may yet be replayed";
}

TEST_P(RetentionStoreTest, deletes_a_visit_with_all_that_hangs_on_it_and_nothing_else) {
    const SessionId gone = a_visit_of_old(1);
    const SessionId kept = a_visit_of_old(2);
    const std::int64_t events = rows_in("outbox");

    const RetainedRows rows = drop({gone});

    EXPECT_THAT(rows, ElementsAre(Pair(RetainedKind::session, 1), Pair(RetainedKind::participant, 2),
                                  Pair(RetainedKind::timeline, 4), Pair(RetainedKind::join_token, 1),
                                  Pair(RetainedKind::visit_credential, 1), Pair(RetainedKind::whereabouts, 1),
                                  Pair(RetainedKind::device_check, 1), Pair(RetainedKind::feedback, 1),
                                  Pair(RetainedKind::consent_refusal, 1)));
    for (const std::string& table : tables_) {
        EXPECT_EQ(
            count("SELECT COUNT(*) FROM " + table + " WHERE tenant_id = '" + this_clinic().text() + "'" +
                  (table == "visit_credentials" ? "" : " AND session_id = '" + gone.text() + "'")),
            table == "visit_credentials" ? 1 : 0)
            << table;
    }
    EXPECT_EQ(load(kept).id, kept);
    EXPECT_EQ(rows_in("outbox"), events);
    EXPECT_EQ(count("SELECT COUNT(*) FROM audit_entries"), 1);
    EXPECT_EQ(count("SELECT COUNT(*) FROM audit_unsealed"), 1);
}

TEST_P(RetentionStoreTest, puts_everything_back_after_a_rehearsal) {
    const SessionId id = a_visit_of_old(1);
    std::vector<std::int64_t> before;
    for (const std::string& table : tables_) before.push_back(rows_in(table));

    const RetainedRows rehearsed = drop({id}, RetentionMode::rehearse);

    std::vector<std::int64_t> after;
    for (const std::string& table : tables_) after.push_back(rows_in(table));
    EXPECT_EQ(after, before);
    EXPECT_EQ(rows_in("audit_entries"), 0);
    EXPECT_EQ(rehearsed, drop({id}));
}

TEST_P(RetentionStoreTest, deletes_nothing_of_another_tenant) {
    const SessionId id = a_visit_of_old(1);

    EXPECT_THAT(drop({id}, RetentionMode::apply, elsewhere()), IsEmpty());
    EXPECT_EQ(load(id).id, id);
    EXPECT_EQ(rows_in("audit_entries"), 0);
}

TEST_P(RetentionStoreTest, tells_of_a_visit_once_however_many_delete_it) {
    const SessionId id = a_visit_of_old(1);

    EXPECT_EQ(drop({id}).at(RetainedKind::session), 1U);
    EXPECT_THAT(drop({id}), IsEmpty());
    EXPECT_EQ(rows_in("audit_entries"), 1);
}

class AuditCutTest : public StoreTest {
  protected:
    void write_and_seal(std::uint64_t first, std::uint64_t last, TenantScope scope = here()) {
        std::vector<AuditEntry> entries;
        for (std::uint64_t number = first; number <= last; ++number)
            entries.push_back(an_audit_entry(number));
        must(await(store().audit().append_reads(std::move(scope), std::move(entries))));
        must(await(store().queues().seal_audit(1000)));
    }
    static AuditCut cut_to(std::uint64_t sequence, std::optional<std::uint64_t> from = {}) {
        const auto id = an_id<AuditId>(9000 + sequence);
        AuditCut cut{.floor = {.sequence = sequence,
                               .chain_hash = "hash",
                               .at = nine_o_clock,
                               .entry = id,
                               .signature = "signature"},
                     .from = from,
                     .entry = an_audit_entry(1)};
        cut.entry.id = id;
        return cut;
    }
    std::optional<std::uint64_t> cut(AuditCut cut, TenantScope scope = here()) {
        return must(await(store().retention().cut_audit(std::move(scope), std::move(cut))));
    }
    std::vector<std::uint64_t> sequences(TenantScope scope = here()) {
        std::vector<std::uint64_t> found;
        for (const auto& sealed : must(await(store().audit().read_chain(std::move(scope), 0, 1000))))
            found.push_back(sealed.sequence.value());
        return found;
    }
    std::int64_t entries() { return count("SELECT COUNT(*) FROM audit_entries"); }
};
VCARE_ON_BOTH_STORES(AuditCutTest);

TEST_P(AuditCutTest, deletes_up_to_the_floor_and_leaves_an_entry_of_it) {
    write_and_seal(1, 5);
    write_and_seal(6, 8, elsewhere());
    ASSERT_FALSE(must(await(store().audit().find_floor(here()))).has_value());

    EXPECT_EQ(cut(cut_to(3)), 3U);

    EXPECT_THAT(sequences(), ElementsAre(4, 5));
    EXPECT_THAT(sequences(elsewhere()), ElementsAre(1, 2, 3));
    EXPECT_EQ(entries(), 6);
    EXPECT_TRUE(must(await(store().audit().has_entry(here(), an_id<AuditId>(9003)))));
    EXPECT_EQ(must(await(store().audit().count_unsealed(here()))), 1U);
    const auto floor = must(await(store().audit().find_floor(here())));
    ASSERT_TRUE(floor.has_value());
    EXPECT_EQ(floor->sequence, 3U);
    EXPECT_EQ(floor->chain_hash, "hash");
    EXPECT_EQ(floor->at, nine_o_clock);
    EXPECT_EQ(floor->entry, an_id<AuditId>(9003));
    EXPECT_EQ(floor->signature, "signature");
    EXPECT_FALSE(must(await(store().audit().find_floor(elsewhere()))).has_value());
    EXPECT_EQ(must(await(store().audit().list_audit(here(), {}))).floor->sequence, 3U);
    EXPECT_FALSE(must(await(store().audit().list_audit(elsewhere(), {}))).floor.has_value());
}

TEST_P(AuditCutTest, raises_the_floor_from_where_it_was) {
    write_and_seal(1, 6);
    ASSERT_EQ(cut(cut_to(2)), 2U);

    EXPECT_EQ(cut(cut_to(5, 2)), 3U);

    EXPECT_THAT(sequences(), ElementsAre(6));
    EXPECT_EQ(must(await(store().audit().find_floor(here())))->sequence, 5U);
}

TEST_P(AuditCutTest, does_nothing_when_somebody_else_moved_the_floor_first) {
    write_and_seal(1, 6);
    ASSERT_EQ(cut(cut_to(2)), 2U);
    const std::int64_t before = entries();

    EXPECT_EQ(cut(cut_to(4)), std::nullopt) << "there is a floor";
    EXPECT_EQ(cut(cut_to(5, 1)), std::nullopt) << "it is elsewhere";

    EXPECT_THAT(sequences(), ElementsAre(3, 4, 5, 6));
    EXPECT_EQ(entries(), before);
    EXPECT_EQ(must(await(store().audit().find_floor(here())))->sequence, 2U);
}

TEST_P(AuditCutTest, finds_what_was_put_below_the_floor) {
    write_and_seal(1, 4);
    ASSERT_EQ(cut(cut_to(2)), 2U);
    ASSERT_FALSE(must(await(store().audit().find_unaccounted(here()))).has_value());

    tamper(
        "INSERT INTO audit_entries SELECT tenant_id, 'aud_01KJQ00000000000000000000A', at, actor, action,"
        " session_id, patient_id, outcome, remote_address, trace_id FROM audit_entries LIMIT 1;"
        "INSERT INTO audit_chain SELECT tenant_id, 1, 'aud_01KJQ00000000000000000000A', chain_hash"
        " FROM audit_chain WHERE sequence = 3");

    const auto found = must(await(store().audit().find_unaccounted(here())));
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->text(), "aud_01KJQ00000000000000000000A");
}

class RetentionTurnsTest : public StoreTest {
  protected:
    RetentionTurnsTest() {
        for (const char* tenant : {"clinic-a", "clinic-b", "clinic-c"}) {
            const auto id = TenantId::parse(tenant).value();
            const StoredTenantConfig config{
                .id = an_id<TenantConfigId>(1), .tenant = id, .updated_at = nine_o_clock};
            must(await(store().tenants().ensure_tenant(
                {.id = id, .short_key = std::string{"abc12"} + tenant[7], .created_at = nine_o_clock},
                config)));
        }
    }
    std::vector<DueRetention> claim(Instant now, unsigned limit = 10) {
        return must(await(store().retention().claim_tenants(now, now + minutes{5}, limit)));
    }
    static std::vector<std::string> names_of(const std::vector<DueRetention>& due) {
        std::vector<std::string> names;
        for (const DueRetention& tenant : due) names.push_back(tenant.item.scope().tenant().text());
        return names;
    }
    void put_off(const DueRetention& tenant, Instant next) {
        must(await(store().retention().put_off(tenant, next)));
    }
};
VCARE_ON_BOTH_STORES(RetentionTurnsTest);

TEST_P(RetentionTurnsTest, are_taken_by_one_replica_until_its_claim_runs_out) {
    EXPECT_THAT(names_of(claim(nine_o_clock, 2)), ElementsAre("clinic-a", "clinic-b"));
    EXPECT_THAT(names_of(claim(nine_o_clock)), ElementsAre("clinic-c"));
    EXPECT_THAT(claim(nine_o_clock + minutes{4}), IsEmpty());
    EXPECT_THAT(names_of(claim(nine_o_clock + minutes{5})), ElementsAre("clinic-a", "clinic-b", "clinic-c"));
}

TEST_P(RetentionTurnsTest, come_again_when_they_were_put_off_to_longest_ago_first) {
    const auto claimed = claim(nine_o_clock);
    ASSERT_EQ(claimed.size(), 3U);
    put_off(claimed[0], nine_o_clock + minutes{3});
    put_off(claimed[1], nine_o_clock + minutes{2});
    put_off(claimed[2], nine_o_clock + hours{1});

    EXPECT_THAT(names_of(claim(nine_o_clock + minutes{1})), IsEmpty());
    EXPECT_THAT(names_of(claim(nine_o_clock + minutes{3})), ElementsAre("clinic-b", "clinic-a"));
}

TEST_P(RetentionTurnsTest, are_left_to_whoever_took_them_since) {
    const auto late = claim(nine_o_clock, 1);
    const auto other = claim(nine_o_clock + minutes{5}, 10);
    ASSERT_THAT(names_of(other), ElementsAre("clinic-b", "clinic-c", "clinic-a"));

    put_off(late.at(0), nine_o_clock);

    EXPECT_THAT(claim(nine_o_clock + minutes{9}), IsEmpty());
}

}  // namespace
}  // namespace vcare::store
