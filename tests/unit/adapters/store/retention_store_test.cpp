// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "adapters/store/store.hpp"
#include "unit/adapters/store/store_fixture.hpp"

namespace vcare::store {
namespace {

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
        return must(await(store().retention().delete_sessions(std::move(scope), std::move(ids),
                                                              {an_audit_entry(77)}, mode)));
    }
    std::int64_t rows_in(const std::string& table) { return count("SELECT COUNT(*) FROM " + table); }

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
}

}  // namespace
}  // namespace vcare::store
