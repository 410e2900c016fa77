// SPDX-License-Identifier: Apache-2.0
#include "unit/adapters/store/store_fixture.hpp"

namespace vcare::store {
namespace {

using application::VisitCredentialRecord;

class CredentialStoreTest : public StoreTest {
  protected:
    CredentialStoreTest() : session_(make_session()) {}

    JoinTokenRecord a_token(std::string jti, Instant issued_at = nine_o_clock) {
        return {.jti = jti,
                .session = session_.data().id,
                .participant = patient_of(session_.data()),
                .role = Role::patient,
                .issued_at = issued_at,
                .issued_for = nine_o_clock,
                .window = {nine_o_clock - minutes{15}, nine_o_clock + hours{1}},
                .code_hash = "hash-of-" + jti,
                .key_version = 2};
    }
    CommitOutcome issue(const JoinTokenRecord& token) {
        UnitOfWork unit{.at = token.issued_at};
        unit.issued_tokens.push_back(token);
        return commit(std::move(unit));
    }
    CommitOutcome use(std::string jti) {
        UnitOfWork unit{.at = nine_o_clock};
        unit.used_tokens.push_back({.jti = std::move(jti), .at = nine_o_clock + minutes{1}});
        return commit(std::move(unit));
    }
    VisitCredentialRecord a_credential(std::string hash, Instant issued_at = nine_o_clock) {
        return {.session = session_.data().id,
                .participant = patient_of(session_.data()),
                .secret_hash = std::move(hash),
                .issued_at = issued_at};
    }
    CommitOutcome give(const VisitCredentialRecord& credential) {
        UnitOfWork unit{.at = credential.issued_at};
        unit.credentials.push_back(credential);
        return commit(std::move(unit));
    }
    std::optional<JoinTokenRecord> find_token(std::string jti, TenantScope scope = here()) {
        return must(await(store().credentials().find_token(std::move(scope), std::move(jti))));
    }
    std::optional<VisitCredentialRecord> find_credential(std::string hash, TenantScope scope = here()) {
        return must(await(store().credentials().find_credential(std::move(scope), patient_of(session_.data()),
                                                                std::move(hash))));
    }

    Session session_;
};

VCARE_ON_BOTH_STORES(CredentialStoreTest);

TEST_P(CredentialStoreTest, gives_a_token_back_as_it_was_issued) {
    ASSERT_EQ(issue(a_token("jti-1")), CommitOutcome::done);

    const auto token = find_token("jti-1").value();

    EXPECT_EQ(token.session, session_.data().id);
    EXPECT_EQ(token.participant, patient_of(session_.data()));
    EXPECT_EQ(token.role, Role::patient);
    EXPECT_EQ(token.issued_at, nine_o_clock);
    EXPECT_EQ(token.issued_for, nine_o_clock);
    EXPECT_EQ(token.window, (JoinWindow{nine_o_clock - minutes{15}, nine_o_clock + hours{1}}));
    EXPECT_EQ(token.code_hash, "hash-of-jti-1");
    EXPECT_EQ(token.key_version, 2U);
    EXPECT_FALSE(token.used_at || token.replaced_at);
    EXPECT_EQ(must(await(store().credentials().find_token_by_code(here(), "hash-of-jti-1")))->jti, "jti-1");
}

TEST_P(CredentialStoreTest, replaces_the_token_before) {
    ASSERT_EQ(issue(a_token("jti-1")), CommitOutcome::done);
    ASSERT_EQ(issue(a_token("jti-2", nine_o_clock + minutes{1})), CommitOutcome::done);

    EXPECT_EQ(find_token("jti-1")->replaced_at, nine_o_clock + minutes{1});
    EXPECT_EQ(must(await(store().credentials().newest_token(here(), patient_of(session_.data()))))->jti,
              "jti-2");
}

TEST_P(CredentialStoreTest, lets_a_token_be_used_once) {
    ASSERT_EQ(issue(a_token("jti-1")), CommitOutcome::done);

    EXPECT_EQ(use("jti-1"), CommitOutcome::done);
    EXPECT_EQ(use("jti-1"), CommitOutcome::stale);

    EXPECT_EQ(find_token("jti-1")->used_at, nine_o_clock + minutes{1});
}

TEST_P(CredentialStoreTest, lets_no_replaced_or_unknown_token_be_used) {
    ASSERT_EQ(issue(a_token("jti-1")), CommitOutcome::done);
    ASSERT_EQ(issue(a_token("jti-2")), CommitOutcome::done);

    EXPECT_EQ(use("jti-1"), CommitOutcome::stale);
    EXPECT_EQ(use("jti-3"), CommitOutcome::stale);
}

TEST_P(CredentialStoreTest, still_names_a_used_token_as_the_newest) {
    ASSERT_EQ(issue(a_token("jti-1")), CommitOutcome::done);
    ASSERT_EQ(use("jti-1"), CommitOutcome::done);

    EXPECT_EQ(must(await(store().credentials().newest_token(here(), patient_of(session_.data()))))->jti,
              "jti-1");
}

TEST_P(CredentialStoreTest, keeps_one_live_credential_a_participant) {
    ASSERT_EQ(give(a_credential("secret-1")), CommitOutcome::done);
    ASSERT_EQ(give(a_credential("secret-2", nine_o_clock + minutes{1})), CommitOutcome::done);

    EXPECT_EQ(find_credential("secret-1")->voided_at, nine_o_clock + minutes{1});
    EXPECT_FALSE(find_credential("secret-2")->voided_at.has_value());
    EXPECT_FALSE(find_credential("secret-3").has_value());
}

TEST_P(CredentialStoreTest, voids_what_the_unit_says) {
    ASSERT_EQ(give(a_credential("secret-1")), CommitOutcome::done);
    UnitOfWork unit{.at = nine_o_clock + minutes{5}};
    unit.voided_credentials.push_back(patient_of(session_.data()));

    ASSERT_EQ(commit(std::move(unit)), CommitOutcome::done);

    EXPECT_EQ(find_credential("secret-1")->voided_at, nine_o_clock + minutes{5});
}

TEST_P(CredentialStoreTest, revives_a_secret_that_is_derived_again) {
    ASSERT_EQ(give(a_credential("secret-1")), CommitOutcome::done);
    ASSERT_EQ(give(a_credential("secret-2")), CommitOutcome::done);
    ASSERT_EQ(give(a_credential("secret-1", nine_o_clock + days{2})), CommitOutcome::done);

    EXPECT_FALSE(find_credential("secret-1")->voided_at.has_value());
    EXPECT_TRUE(find_credential("secret-2")->voided_at.has_value());
}

TEST_P(CredentialStoreTest, gives_a_kept_answer_back_byte_for_byte) {
    const application::KeptAnswer answer{.status = 201,
                                         .location = "/sessions/1",
                                         .etag = "\"1\"",
                                         .body = R"({"a":"\u0000 \" سلام"})",
                                         .secret_of = "token:jti-1"};
    UnitOfWork unit{.at = nine_o_clock};
    unit.kept_answer = {{.caller = "user-1", .key = "key-1", .fingerprint = "print"}, answer, nine_o_clock};
    ASSERT_EQ(commit(std::move(unit)), CommitOutcome::done);

    const auto kept = must(await(store().credentials().find_kept_answer(here(), "user-1", "key-1"))).value();

    EXPECT_EQ(kept.key.fingerprint, "print");
    EXPECT_EQ(kept.answer.status, 201);
    EXPECT_EQ(kept.answer.location, answer.location);
    EXPECT_EQ(kept.answer.etag, answer.etag);
    EXPECT_EQ(kept.answer.body, answer.body);
    EXPECT_EQ(kept.answer.secret_of, answer.secret_of);
    EXPECT_EQ(kept.at, nine_o_clock);
}

TEST_P(CredentialStoreTest, refuses_a_token_for_a_participant_of_another_tenant) {
    UnitOfWork unit{.at = nine_o_clock};
    unit.issued_tokens.push_back(a_token("jti-1"));

    const auto outcome = await(store().units().commit(elsewhere(), std::move(unit)));

    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(count("SELECT COUNT(*) FROM join_tokens"), 0);
}

TEST_P(CredentialStoreTest, shows_another_tenant_nothing) {
    ASSERT_EQ(issue(a_token("jti-1")), CommitOutcome::done);
    ASSERT_EQ(give(a_credential("secret-1")), CommitOutcome::done);
    UnitOfWork unit{.at = nine_o_clock};
    unit.kept_answer = {
        {.caller = "user-1", .key = "key-1", .fingerprint = "f"}, {.status = 200}, nine_o_clock};
    ASSERT_EQ(commit(std::move(unit)), CommitOutcome::done);
    auto& credentials = store().credentials();

    EXPECT_FALSE(find_token("jti-1", elsewhere()).has_value());
    EXPECT_FALSE(must(await(credentials.find_token_by_code(elsewhere(), "hash-of-jti-1"))).has_value());
    EXPECT_FALSE(must(await(credentials.newest_token(elsewhere(), patient_of(session_.data())))).has_value());
    EXPECT_FALSE(find_credential("secret-1", elsewhere()).has_value());
    EXPECT_FALSE(must(await(credentials.find_kept_answer(elsewhere(), "user-1", "key-1"))).has_value());
}

}  // namespace
}  // namespace vcare::store
