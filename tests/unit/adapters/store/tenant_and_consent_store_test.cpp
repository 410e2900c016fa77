// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "unit/adapters/store/store_fixture.hpp"

namespace vcare::store {
namespace {

using application::TenantRecord;

StoredTenantConfig a_config(std::uint64_t version = 1, const TenantId& tenant = this_clinic()) {
    StoredTenantConfig stored{.id = an_id<TenantConfigId>(1), .tenant = tenant};
    stored.version = version;
    stored.updated_at = nine_o_clock;
    return stored;
}

class TenantStoreTest : public StoreTest {
  protected:
    TenantRecord ensure(std::string short_key, const TenantId& tenant = this_clinic()) {
        return must(await(store().tenants().ensure_tenant(
            {.id = tenant, .short_key = std::move(short_key), .created_at = nine_o_clock},
            a_config(1, tenant))));
    }
    StoredTenantConfig load_config(TenantScope scope = here()) {
        return must(await(store().tenants().load_config(std::move(scope))));
    }
    CommitOutcome configure(StoredTenantConfig config) {
        UnitOfWork unit{.at = nine_o_clock};
        unit.tenant_config = std::move(config);
        return commit(std::move(unit));
    }
    /// What the platform says, so many minutes past nine.
    void license(std::optional<NodeId> node, bool licensed, int minute) {
        UnitOfWork unit{.at = nine_o_clock};
        unit.licence = {
            .node = std::move(node), .licensed = licensed, .said_at = nine_o_clock + minutes{minute}};
        ASSERT_EQ(commit(std::move(unit)), CommitOutcome::done);
    }
    bool is_tenant_licensed() { return must(await(store().tenants().find_tenant(this_clinic())))->licensed; }
    std::optional<bool> licence_of(const NodeId& node, TenantScope scope = here()) {
        return must(await(store().tenants().find_facility_licence(std::move(scope), node)));
    }

    const NodeId ward_ = an_opaque_id<NodeId>("ward-1");
    const NodeId other_ward_ = an_opaque_id<NodeId>("ward-2");
};

VCARE_ON_BOTH_STORES(TenantStoreTest);

TEST_P(TenantStoreTest, makes_a_tenant_once) {
    EXPECT_EQ(ensure("abc123").short_key, "abc123");
    EXPECT_EQ(ensure("xyz789").short_key, "abc123");
    EXPECT_EQ(must(await(store().tenants().find_tenant_by_short_key("abc123")))->id, this_clinic());
    EXPECT_FALSE(must(await(store().tenants().find_tenant_by_short_key("xyz789"))).has_value());
    EXPECT_EQ(must(await(store().tenants().list_tenants())).size(), 1U);
}

TEST_P(TenantStoreTest, does_not_reset_the_configuration_of_a_tenant_that_is_there) {
    ensure("abc123");
    StoredTenantConfig changed = a_config(2);
    changed.config.max_participants = 3;
    ASSERT_EQ(configure(changed), CommitOutcome::done);

    ensure("abc123");

    EXPECT_EQ(load_config().version, 2U);
}

TEST_P(TenantStoreTest, suspends_and_resumes) {
    ensure("abc123");

    must(await(store().tenants().suspend_tenant(this_clinic(), true)));
    EXPECT_TRUE(must(await(store().tenants().find_tenant(this_clinic())))->suspended);
    must(await(store().tenants().suspend_tenant(this_clinic(), false)));
    EXPECT_FALSE(must(await(store().tenants().find_tenant(this_clinic())))->suspended);

    const auto unknown = await(store().tenants().suspend_tenant(another_clinic(), true));
    ASSERT_FALSE(unknown.has_value());
    EXPECT_EQ(unknown.error().code, ErrorCode::not_found);
}

TEST_P(TenantStoreTest, keeps_the_licences_of_a_tenant_and_of_its_facilities_apart) {
    ensure("abc123");
    ensure("xyz789", another_clinic());
    EXPECT_TRUE(is_tenant_licensed());
    EXPECT_EQ(licence_of(ward_), std::nullopt);

    license(ward_, false, 1);
    license(other_ward_, true, 1);
    EXPECT_EQ(licence_of(ward_), std::optional{false});
    EXPECT_EQ(licence_of(other_ward_), std::optional{true});
    EXPECT_EQ(licence_of(ward_, elsewhere()), std::nullopt);
    EXPECT_TRUE(is_tenant_licensed());

    license(std::nullopt, false, 2);
    EXPECT_FALSE(is_tenant_licensed());
    EXPECT_EQ(licence_of(other_ward_), std::optional{true});
}

TEST_P(TenantStoreTest, lets_the_later_word_on_a_licence_stand_whichever_is_written_first) {
    ensure("abc123");
    for (const auto& node : {std::optional<NodeId>{}, std::optional{ward_}}) {
        license(node, false, 3);
        license(node, true, 2);
        EXPECT_FALSE(node ? licence_of(*node).value() : is_tenant_licensed());

        license(node, true, 3);
        EXPECT_TRUE(node ? licence_of(*node).value() : is_tenant_licensed()) << "of one moment the last";
    }
}

TEST_P(TenantStoreTest, gives_the_newest_configuration_with_every_setting) {
    ensure("abc123");
    StoredTenantConfig changed = a_config(2);
    changed.config.branding.display_name = "Kabul Clinic";
    changed.config.telehealth_consent_at = TelehealthConsentAt::join;
    changed.config.consent_texts.push_back({ConsentType::recording, "fa-AF", "2", "text"});
    changed.config.reminders = {minutes{5}};
    ASSERT_EQ(configure(changed), CommitOutcome::done);

    const StoredTenantConfig now = load_config();

    EXPECT_EQ(now.config, changed.config);
    EXPECT_EQ(now.version, 2U);
    EXPECT_EQ(now.id, changed.id);
    EXPECT_EQ(now.updated_at, nine_o_clock);
}

TEST_P(TenantStoreTest, refuses_the_second_writer_of_a_configuration) {
    ensure("abc123");

    EXPECT_EQ(configure(a_config(2)), CommitOutcome::done);
    EXPECT_EQ(configure(a_config(2)), CommitOutcome::stale);
}

TEST_P(TenantStoreTest, has_no_configuration_of_a_tenant_it_does_not_know) {
    ensure("abc123");

    const auto config = await(store().tenants().load_config(elsewhere()));

    ASSERT_FALSE(config.has_value());
    EXPECT_EQ(config.error().code, ErrorCode::not_found);
}

TEST_P(TenantStoreTest, keeps_one_encounter_an_identifier_for_ever) {
    auto& keeper = store().encounters();

    const auto first = must(await(keeper.keep(here(), "urn:1", "enc-1", "{\"id\":\"enc-1\"}")));
    const auto repeat = must(await(keeper.keep(here(), "urn:1", "enc-2", "{\"id\":\"enc-2\"}")));
    const auto elsewhere_too = must(await(keeper.keep(elsewhere(), "urn:1", "enc-3", "{}")));

    EXPECT_TRUE(first.created);
    EXPECT_FALSE(repeat.created);
    EXPECT_EQ(repeat.id, "enc-1");
    EXPECT_TRUE(elsewhere_too.created);
    EXPECT_EQ(must(await(keeper.read(here(), "enc-1"))), "{\"id\":\"enc-1\"}");
    EXPECT_FALSE(must(await(keeper.read(elsewhere(), "enc-1"))).has_value());
}

application::WrappedKey a_wrapped_key(application::KeyPurpose purpose, unsigned version,
                                      std::string wrapped) {
    return {.purpose = purpose,
            .version = version,
            .wrapped = std::move(wrapped),
            .created_at = nine_o_clock + minutes{version}};
}

class WrappedKeys : public StoreTest {
  protected:
    static constexpr auto join_token = application::KeyPurpose::join_token;

    application::WrappedKeyStore& keys() { return store().wrapped_keys(); }
    std::vector<std::string> wrapped_here() {
        std::vector<std::string> texts;
        for (const auto& key : must(await(keys().keys_of(here())))) texts.push_back(key.wrapped);
        return texts;
    }
};

VCARE_ON_BOTH_STORES(WrappedKeys);

TEST_P(WrappedKeys, are_listed_newest_first_for_their_tenant_only) {
    EXPECT_TRUE(must(await(keys().add(here(), a_wrapped_key(join_token, 1, "one")))));
    EXPECT_TRUE(must(await(keys().add(here(), a_wrapped_key(join_token, 2, "two")))));
    EXPECT_TRUE(must(await(keys().add(elsewhere(), a_wrapped_key(join_token, 1, "theirs")))));

    const auto found = must(await(keys().keys_of(here())));

    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].purpose, join_token);
    EXPECT_EQ(found[0].version, 2U);
    EXPECT_EQ(found[0].wrapped, "two");
    EXPECT_EQ(found[0].created_at, nine_o_clock + minutes{2});
    EXPECT_EQ(found[1].wrapped, "one");
}

TEST_P(WrappedKeys, keep_the_first_of_two_that_are_added_as_one_version) {
    EXPECT_TRUE(must(await(keys().add(here(), a_wrapped_key(join_token, 1, "first")))));
    EXPECT_FALSE(must(await(keys().add(here(), a_wrapped_key(join_token, 1, "second")))));

    EXPECT_EQ(wrapped_here(), std::vector<std::string>{"first"});
}

TEST_P(WrappedKeys, are_wrapped_anew_only_in_the_place_of_what_was_read) {
    const auto before = a_wrapped_key(join_token, 1, "before");
    must(await(keys().add(here(), before)));

    EXPECT_TRUE(must(await(keys().replace(here(), before, "after"))));
    EXPECT_FALSE(must(await(keys().replace(here(), before, "late"))));

    EXPECT_EQ(wrapped_here(), std::vector<std::string>{"after"});
}

TEST_P(WrappedKeys, are_forgotten_one_version_at_a_time) {
    must(await(keys().add(here(), a_wrapped_key(join_token, 1, "one"))));
    must(await(keys().add(here(), a_wrapped_key(join_token, 2, "two"))));

    must(await(keys().forget(here(), join_token, 1)));
    must(await(keys().forget(here(), join_token, 1)));

    EXPECT_EQ(wrapped_here(), std::vector<std::string>{"two"});
}

TEST_P(WrappedKeys, know_when_their_last_link_expires) {
    Session session = a_new_session();
    UnitOfWork unit = unit_of(session);
    unit.issued_tokens.push_back(
        {.jti = "jti-1",
         .session = session.data().id,
         .participant = patient_of(session.data()),
         .role = Role::patient,
         .issued_at = nine_o_clock,
         .issued_for = nine_o_clock,
         .window = {.valid_from = nine_o_clock, .expires_at = nine_o_clock + hours{1}},
         .code_hash = "hash",
         .key_version = 3});
    ASSERT_EQ(commit(std::move(unit)), CommitOutcome::done);

    EXPECT_EQ(must(await(keys().last_link_expires_at(here(), 3))), nine_o_clock + hours{1});
    EXPECT_FALSE(must(await(keys().last_link_expires_at(here(), 2))).has_value());
    EXPECT_FALSE(must(await(keys().last_link_expires_at(elsewhere(), 3))).has_value());
}

class ConsentStoreTest : public StoreTest {
  protected:
    static ConsentRecord a_consent(std::uint64_t number, ConsentType type = ConsentType::telehealth) {
        return {.id = an_id<ConsentId>(number),
                .tenant = this_clinic(),
                .patient = the_patient_id(),
                .type = type,
                .status = ConsentStatus::granted,
                .granted_by = "patient-1",
                .capacity = ConsentCapacity::guardian,
                .method = ConsentMethod::verbal,
                .text_version = "3",
                .language = "fa-AF",
                .at = nine_o_clock,
                .expires_at = nine_o_clock + days{1}};
    }
    CommitOutcome record(ConsentRecord consent) {
        UnitOfWork unit{.at = nine_o_clock};
        unit.consents.push_back(std::move(consent));
        return commit(std::move(unit));
    }
    bool is_withdrawn(TenantScope scope = here(), ConsentType type = ConsentType::telehealth) {
        return must(await(store().consents().standing(std::move(scope), the_patient_id(), type)))
            .is_withdrawn_here;
    }
};

VCARE_ON_BOTH_STORES(ConsentStoreTest);

TEST_P(ConsentStoreTest, gives_a_record_back_as_it_was_given) {
    ASSERT_EQ(record(a_consent(1)), CommitOutcome::done);

    const auto consent = must(await(store().consents().find_consent(here(), an_id<ConsentId>(1)))).value();

    EXPECT_EQ(consent.patient, the_patient_id());
    EXPECT_EQ(consent.status, ConsentStatus::granted);
    EXPECT_EQ(consent.granted_by, "patient-1");
    EXPECT_EQ(consent.capacity, ConsentCapacity::guardian);
    EXPECT_EQ(consent.method, ConsentMethod::verbal);
    EXPECT_EQ(consent.text_version, "3");
    EXPECT_EQ(consent.language, "fa-AF");
    EXPECT_EQ(consent.at, nine_o_clock);
    EXPECT_EQ(consent.expires_at, nine_o_clock + days{1});
    EXPECT_FALSE(consent.withdrawn_at.has_value());
}

TEST_P(ConsentStoreTest, keeps_a_withdrawal_in_the_record_itself) {
    ASSERT_EQ(record(a_consent(1)), CommitOutcome::done);
    ConsentRecord withdrawn = a_consent(1);
    withdrawn.status = ConsentStatus::withdrawn;
    withdrawn.withdrawn_at = nine_o_clock + minutes{1};

    ASSERT_EQ(record(withdrawn), CommitOutcome::done);

    const auto newest =
        must(await(store().consents().standing(here(), the_patient_id(), ConsentType::telehealth))).newest;
    EXPECT_EQ(newest->status, ConsentStatus::withdrawn);
    EXPECT_EQ(newest->withdrawn_at, nine_o_clock + minutes{1});
}

TEST_P(ConsentStoreTest, knows_the_newest_of_each_type) {
    ASSERT_EQ(record(a_consent(1)), CommitOutcome::done);
    ASSERT_EQ(record(a_consent(2)), CommitOutcome::done);
    ASSERT_EQ(record(a_consent(3, ConsentType::recording)), CommitOutcome::done);
    const auto newest = [&](ConsentType type) {
        return must(await(store().consents().standing(here(), the_patient_id(), type))).newest;
    };

    EXPECT_EQ(newest(ConsentType::telehealth)->id, std::max(an_id<ConsentId>(1), an_id<ConsentId>(2)));
    EXPECT_EQ(newest(ConsentType::recording)->id, an_id<ConsentId>(3));
    EXPECT_FALSE(newest(ConsentType::ai_transcription).has_value());
}

TEST_P(ConsentStoreTest, pages_through_a_patients_records) {
    for (std::uint64_t number = 1; number <= 5; ++number)
        ASSERT_EQ(record(a_consent(number, number == 3 ? ConsentType::recording : ConsentType::telehealth)),
                  CommitOutcome::done);
    const auto ids_by_pages = [&](std::optional<ConsentType> type) {
        std::vector<ConsentId> ids;
        application::ConsentQuery query{.patient = the_patient_id(), .type = type, .limit = 2};
        do {
            const auto page = must(await(store().consents().list_consents(here(), query)));
            for (const ConsentRecord& consent : page.items) ids.push_back(consent.id);
            query.cursor = page.next_cursor;
        } while (query.cursor);
        return ids;
    };

    const auto all = ids_by_pages(std::nullopt);
    EXPECT_EQ(all.size(), 5U);
    EXPECT_TRUE(std::ranges::is_sorted(all, std::greater{}));
    EXPECT_EQ(ids_by_pages(ConsentType::telehealth).size(), 4U);
    EXPECT_EQ(ids_by_pages(ConsentType::recording), std::vector{an_id<ConsentId>(3)});
    const auto wrong =
        await(store().consents().list_consents(here(), {.patient = the_patient_id(), .cursor = "x"}));
    EXPECT_EQ(wrong.error().code, ErrorCode::validation_error);
}

TEST_P(ConsentStoreTest, holds_a_withdrawal_until_its_owner_has_it) {
    UnitOfWork unit{.at = nine_o_clock};
    ConsentRecord withdrawn = a_consent(1);
    withdrawn.status = ConsentStatus::withdrawn;
    unit.withdrawals.push_back({.record = withdrawn, .owner_told = false});
    ASSERT_EQ(commit(std::move(unit)), CommitOutcome::done);

    EXPECT_TRUE(is_withdrawn());
    EXPECT_FALSE(is_withdrawn(elsewhere()));
    EXPECT_FALSE(is_withdrawn(here(), ConsentType::recording));

    auto debts =
        must(await(store().queues().claim_consent_debts(nine_o_clock, nine_o_clock + minutes{1}, 10)));
    ASSERT_EQ(debts.size(), 1U);
    EXPECT_EQ(debts[0].record.id, withdrawn.id);
    EXPECT_EQ(debts[0].record.status, ConsentStatus::withdrawn);
    EXPECT_TRUE(must(await(store().queues().claim_consent_debts(nine_o_clock, nine_o_clock + minutes{1}, 10)))
                    .empty());
    must(await(store().queues().settle_consent_debt(debts[0])));
    EXPECT_FALSE(is_withdrawn());
}

TEST_P(ConsentStoreTest, owes_nothing_when_the_owner_knows) {
    UnitOfWork unit{.at = nine_o_clock};
    unit.withdrawals.push_back({.record = a_consent(1), .owner_told = true});
    ASSERT_EQ(commit(std::move(unit)), CommitOutcome::done);

    EXPECT_FALSE(is_withdrawn());
}

TEST_P(ConsentStoreTest, shows_another_tenant_nothing) {
    ASSERT_EQ(record(a_consent(1)), CommitOutcome::done);
    auto& consents = store().consents();

    EXPECT_FALSE(must(await(consents.find_consent(elsewhere(), an_id<ConsentId>(1)))).has_value());
    EXPECT_TRUE(
        must(await(consents.list_consents(elsewhere(), {.patient = the_patient_id()}))).items.empty());
    EXPECT_FALSE(must(await(consents.standing(elsewhere(), the_patient_id(), ConsentType::telehealth)))
                     .newest.has_value());
}

}  // namespace
}  // namespace vcare::store
