// SPDX-License-Identifier: Apache-2.0
#include "adapters/sealing/sealed_ports.hpp"

#include <gmock/gmock.h>

#include "adapters/keys/envelope_keys.hpp"
#include "unit/adapters/fixed_clock.hpp"
#include "unit/adapters/keys/envelope_doubles.hpp"
#include "unit/adapters/noted_telemetry.hpp"
#include "unit/adapters/store/store_fixture.hpp"

namespace vcare::sealing {
namespace {

using namespace store;
using application::KeptAnswer;
using application::KeyPurpose;
using application::TenantKey;
using domain::ErrorCode;
using ::testing::ElementsAre;

/// Keys that a test rotates and takes away.
class KeysOfTest final : public application::KeyService {
  public:
    Task<Result<TenantKey>> current_key(TenantScope scope, KeyPurpose purpose) override {
        return key_of_version(std::move(scope), purpose, newest);
    }
    Task<Result<TenantKey>> key_of_version(TenantScope scope, KeyPurpose purpose, unsigned version) override {
        if (is_away) co_return domain::refuse(ErrorCode::key_service_unavailable);
        if (version > newest || version <= forgotten) co_return domain::refuse(ErrorCode::not_found);
        EXPECT_EQ(purpose, KeyPurpose::phi);
        ++asked;
        std::string bytes = scope.tenant().text() + std::to_string(version);
        bytes.resize(32, '.');
        co_return TenantKey{.bytes = std::move(bytes), .version = version};
    }
    Task<Result<std::string>> sign_checkpoint(std::string text) override { co_return text; }
    Task<Result<bool>> verify_checkpoint(std::string text, std::string signature) override {
        co_return text == signature;
    }

    unsigned newest = 1;
    unsigned forgotten = 0;
    bool is_away = false;
    int asked = 0;
};

template <class T>
ErrorCode refusal_of(const Result<T>& result) {
    if (result) throw std::runtime_error{"nothing was refused"};
    return result.error().code;
}

class SealedStore : public StoreTest {
  protected:
    CommitOutcome keep(UnitOfWork unit, TenantScope scope = here()) {
        return must(await(units_->commit(std::move(scope), std::move(unit))));
    }
    SessionData load(const SessionId& id, TenantScope scope = here()) {
        return must(await(sessions_->find_session(std::move(scope), id))).value();
    }
    ErrorCode refusal_of_load(const SessionId& id, TenantScope scope = here()) {
        return refusal_of(await(sessions_->find_session(std::move(scope), id)));
    }
    /// A visit with its people, with PHI in every column of theirs.
    Session a_stored_visit(std::uint64_t number = 1, const TenantId& tenant = this_clinic()) {
        Session session = a_new_session(number, tenant);
        EXPECT_EQ(keep(unit_of(session), scope_of(tenant)), CommitOutcome::done);
        return session;
    }
    UnitOfWork an_answer(KeptAnswer answer) {
        UnitOfWork unit{.at = nine_o_clock};
        unit.kept_answer = {
            {.caller = "user-1", .key = "key-1", .fingerprint = "print"}, std::move(answer), nine_o_clock};
        return unit;
    }
    /// How many rows have such a text in `table.column`.
    std::int64_t rows_like(const std::string& column, const std::string& pattern) {
        const auto dot = column.find('.');
        return count("SELECT COUNT(*) FROM " + column.substr(0, dot) + " WHERE " + column.substr(dot + 1) +
                     " LIKE '" + pattern + "'");
    }

    KeysOfTest keys_;
    tests::NotedTelemetry telemetry_;
    const SealNeeds needs_{.keys = keys_, .telemetry = telemetry_};
    std::unique_ptr<application::UnitOfWorkRunner> units_ = make_sealed_units(store().units(), needs_);
    std::unique_ptr<application::SessionStore> sessions_ = make_sealed_sessions(store().sessions(), needs_);
    std::unique_ptr<application::CredentialStore> credentials_ =
        make_sealed_credentials(store().credentials(), needs_);
    std::unique_ptr<application::EncounterKeeper> encounters_ =
        make_sealed_encounters(store().encounters(), needs_);
};
VCARE_ON_BOTH_STORES(SealedStore);

TEST_P(SealedStore, gives_a_visit_back_as_it_was) {
    Session session = a_stored_visit();
    const SessionData& expected = session.data();

    EXPECT_EQ(load(expected.id), expected);
    EXPECT_EQ(must(await(sessions_->find_session_of(here(), patient_of(expected)))), expected);
    application::SessionQuery all{.reach = {.whole_tenant = true}};
    EXPECT_EQ(must(await(sessions_->list_sessions(here(), all))).items, std::vector{expected});
    EXPECT_EQ(must(await(sessions_->open_sessions_of(here(), expected.patient))), std::vector{expected});
    EXPECT_EQ(must(await(sessions_->open_sessions_with(here(), a_user("doctor-1")))), std::vector{expected});
}

TEST_P(SealedStore, holds_nothing_of_it_in_the_clear) {
    Session session = a_stored_visit();
    must(session.remove_participant(patient_of(session.data()), "PHI-GONE", at(nine_o_clock)));
    must(session.cancel("PHI-CANCEL", at(nine_o_clock)));
    UnitOfWork unit = unit_of(session);
    unit.feedback.push_back({.session = session.data().id,
                             .participant = patient_of(session.data()),
                             .rating = 5,
                             .comment = phi("COMMENT"),
                             .at = nine_o_clock});
    unit.kept_answer = {{.caller = "user-1", .key = "key-1", .fingerprint = "PHI-PRINT"},
                        {.status = 200, .body = "PHI-BODY"},
                        nine_o_clock};
    ASSERT_EQ(keep(std::move(unit)), CommitOutcome::done);
    must(await(encounters_->keep(here(), "identifier", "enc-1", "PHI-ENCOUNTER")));

    for (const std::string column :
         {"sessions.reason_for_visit", "sessions.cancel_reason", "participants.display_name",
          "participants.email", "participants.phone", "participants.removed_reason", "transitions.detail",
          "feedback.comment", "kept_answers.body", "kept_answers.fingerprint", "kept_encounters.document"}) {
        EXPECT_EQ(rows_like(column, "PHI-%"), 0) << column;
        EXPECT_GE(rows_like(column, "\x01phi.1.%"), 1) << column;
    }
}

TEST_P(SealedStore, tells_the_timeline_with_what_was_typed) {
    Session session = a_stored_visit();
    must(session.remove_participant(patient_of(session.data()), "PHI-GONE", at(nine_o_clock)));
    must(session.cancel("PHI-CANCEL", at(nine_o_clock)));
    ASSERT_EQ(keep(unit_of(session)), CommitOutcome::done);

    std::vector<std::string> details;
    for (const TimelineItem& line : must(await(sessions_->timeline(here(), session.data().id))))
        if (line.detail) details.push_back(*line.detail);

    EXPECT_THAT(details, ElementsAre("PHI-GONE", "PHI-CANCEL"));
}

TEST_P(SealedStore, gives_kept_answers_and_encounters_back_byte_for_byte) {
    const KeptAnswer answer{.status = 201, .location = "/sessions/1", .body = R"({"a":"\u0000 \" سلام"})"};
    ASSERT_EQ(keep(an_answer(answer)), CommitOutcome::done);
    must(await(encounters_->keep(here(), "identifier", "enc-1", "document")));

    const auto kept = must(await(credentials_->find_kept_answer(here(), "user-1", "key-1"))).value();
    EXPECT_EQ(kept.key.fingerprint, "print");
    EXPECT_EQ(kept.answer.body, answer.body);
    EXPECT_EQ(kept.answer.location, answer.location);
    EXPECT_EQ(must(await(encounters_->read(here(), "enc-1"))), "document");
    EXPECT_FALSE(must(await(encounters_->read(here(), "enc-2"))).has_value());
    EXPECT_EQ(keep(an_answer(answer)), CommitOutcome::answered_before);
}

TEST_P(SealedStore, reads_what_was_sealed_before_the_keys_were_rotated) {
    const SessionData before = a_stored_visit(1).data();
    keys_.newest = 2;
    const SessionData after = a_stored_visit(2).data();

    EXPECT_EQ(rows_like("sessions.reason_for_visit", "\x01phi.1.%"), 1);
    EXPECT_EQ(rows_like("sessions.reason_for_visit", "\x01phi.2.%"), 1);
    EXPECT_EQ(load(before.id), before);
    EXPECT_EQ(load(after.id), after);
    application::SessionQuery all{.reach = {.whole_tenant = true}};
    EXPECT_EQ(must(await(sessions_->list_sessions(here(), all))).items.size(), 2U);
}

TEST_P(SealedStore, seals_a_visit_of_before_the_rotation_anew_when_it_changes) {
    Session session = a_stored_visit();
    keys_.newest = 2;
    must(session.cancel("no_longer_needed", at(nine_o_clock)));
    ASSERT_EQ(keep(unit_of(session)), CommitOutcome::done);

    EXPECT_EQ(rows_like("sessions.reason_for_visit", "\x01phi.2.%"), 1);
    EXPECT_EQ(load(session.data().id), session.data());
}

TEST_P(SealedStore, reads_what_was_stored_before_anything_was_sealed) {
    Session session = make_session();
    ASSERT_EQ(rows_like("participants.display_name", "PHI-%"), 2);

    EXPECT_EQ(load(session.data().id), session.data());
    must(session.cancel("no_longer_needed", at(nine_o_clock)));
    ASSERT_EQ(keep(unit_of(session)), CommitOutcome::done);
    EXPECT_EQ(load(session.data().id), session.data());
    EXPECT_EQ(rows_like("sessions.reason_for_visit", "PHI-%"), 0) << "what is written again is sealed";
}

TEST_P(SealedStore, refuses_a_value_that_was_moved_to_another_column) {
    const SessionData session = a_stored_visit().data();
    tamper("UPDATE participants SET email = phone WHERE email IS NOT NULL");

    EXPECT_EQ(refusal_of_load(session.id), ErrorCode::internal_error);
    EXPECT_THAT(telemetry_.events, ElementsAre("phi.does_not_open"));
}

TEST_P(SealedStore, refuses_a_value_that_was_moved_to_another_row) {
    const SessionData one = a_stored_visit(1).data();
    const SessionData other = a_stored_visit(2).data();
    tamper(
        "UPDATE sessions SET reason_for_visit = (SELECT reason_for_visit FROM sessions WHERE session_id = '" +
        one.id.text() + "')");

    EXPECT_EQ(load(one.id), one);
    EXPECT_EQ(refusal_of_load(other.id), ErrorCode::internal_error);
}

TEST_P(SealedStore, refuses_a_value_that_was_moved_to_another_tenant) {
    const SessionData ours = a_stored_visit(1).data();
    const SessionData theirs = a_stored_visit(2, another_clinic()).data();
    tamper(
        "UPDATE sessions SET reason_for_visit = (SELECT reason_for_visit FROM sessions WHERE session_id = '" +
        ours.id.text() + "') WHERE session_id = '" + theirs.id.text() + "'");

    EXPECT_EQ(refusal_of_load(theirs.id, elsewhere()), ErrorCode::internal_error);
}

TEST_P(SealedStore, refuses_a_line_of_the_timeline_that_says_something_else) {
    Session session = a_stored_visit();
    must(session.cancel("PHI-CANCEL", at(nine_o_clock)));
    ASSERT_EQ(keep(unit_of(session)), CommitOutcome::done);
    tamper("UPDATE transitions SET actor = 'somebody-else' WHERE detail IS NOT NULL");

    EXPECT_EQ(refusal_of(await(sessions_->timeline(here(), session.data().id))), ErrorCode::internal_error);
}

TEST_P(SealedStore, writes_nothing_without_a_key) {
    keys_.is_away = true;
    Session session = a_new_session();

    EXPECT_EQ(refusal_of(await(units_->commit(here(), unit_of(session)))),
              ErrorCode::key_service_unavailable);
    EXPECT_EQ(refusal_of(await(units_->commit(here(), an_answer({.status = 204})))),
              ErrorCode::key_service_unavailable);
    EXPECT_EQ(refusal_of(await(encounters_->keep(here(), "identifier", "enc-1", "document"))),
              ErrorCode::key_service_unavailable);
    for (const std::string table : {"sessions", "participants", "transitions", "outbox", "due_times",
                                    "kept_answers", "kept_encounters"})
        EXPECT_EQ(count("SELECT COUNT(*) FROM " + table), 0) << table;
}

TEST_P(SealedStore, reads_nothing_without_a_key) {
    const SessionData session = a_stored_visit().data();
    ASSERT_EQ(keep(an_answer({.status = 204})), CommitOutcome::done);

    keys_.is_away = true;
    EXPECT_EQ(refusal_of_load(session.id), ErrorCode::key_service_unavailable);
    EXPECT_EQ(refusal_of(await(credentials_->find_kept_answer(here(), "user-1", "key-1"))),
              ErrorCode::key_service_unavailable);
    keys_.is_away = false;
    keys_.newest = 2;
    keys_.forgotten = 1;
    EXPECT_EQ(refusal_of_load(session.id), ErrorCode::key_service_unavailable) << "the key is gone for good";
}

TEST_P(SealedStore, needs_no_key_for_what_is_no_phi) {
    const Session session = a_stored_visit();
    keys_.is_away = true;
    UnitOfWork unit{.at = nine_o_clock};
    unit.device_checks.push_back({.participant = patient_of(session.data()),
                                  .at = nine_o_clock,
                                  .camera = "ok",
                                  .microphone = "ok",
                                  .speaker = "ok"});

    EXPECT_EQ(keep(std::move(unit)), CommitOutcome::done);
    EXPECT_EQ(must(await(sessions_->device_checks(here(), session.data().id))).size(), 1U);
    EXPECT_FALSE(must(await(sessions_->find_session(here(), an_id<SessionId>(777)))).has_value());
}

TEST_P(SealedStore, asks_for_a_key_once_a_record) {
    const SessionData session = a_stored_visit().data();
    EXPECT_EQ(keys_.asked, 1);

    load(session.id);
    EXPECT_EQ(keys_.asked, 2);
}

TEST(SealedPostgres, waits_for_the_server_no_more_often_than_without_sealing) {
    const PostgresDatabaseOfTest database;
    std::vector<std::uint64_t> waits;
    const auto store = open_postgres_store(
        {.url = database.url(), .loops = {loop().get_executor()}, .job_done = [&](std::uint64_t trips) {
             waits.push_back(trips);
         }});
    tests::EncryptionLog service;
    tests::FixedClock clock;
    const auto keys = keys::make_envelope_keys({}, std::make_unique<tests::LoggedEncryption>(&service),
                                               store->wrapped_keys(), clock);
    tests::NotedTelemetry telemetry;
    const auto units = make_sealed_units(store->units(), {*keys, telemetry});
    const auto sessions = make_sealed_sessions(store->sessions(), {*keys, telemetry});
    const StoredTenantConfig config{
        .id = an_id<TenantConfigId>(1), .tenant = this_clinic(), .updated_at = nine_o_clock};
    must(await(store->tenants().ensure_tenant({.id = this_clinic(), .short_key = "abc123"}, config)));
    Session first = a_new_session(1);
    must(await(units->commit(here(), unit_of(first))));  // makes the tenant's key
    const int unwrapped_before = service.unwraps;
    waits.clear();

    // A booking, then a transition.
    Session session = a_new_session(2);
    must(await(store->consents().booking_basis(here(), the_patient_id())));
    must(await(units->commit(here(), unit_of(session))));
    EXPECT_EQ(waits, (std::vector<std::uint64_t>{1, 1}));
    waits.clear();
    const auto found = must(await(sessions->find_with_config(here(), session.data().id))).value();
    Session loaded = Session::restore(found.session);
    must(loaded.cancel("PHI-CANCEL", at(nine_o_clock)));
    must(await(units->commit(here(), unit_of(loaded))));
    EXPECT_EQ(waits, (std::vector<std::uint64_t>{1, 1}));
    EXPECT_EQ(service.unwraps, unwrapped_before) << "the key is at hand";
}

}  // namespace
}  // namespace vcare::sealing
