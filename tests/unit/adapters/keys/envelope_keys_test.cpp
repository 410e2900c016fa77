// SPDX-License-Identifier: Apache-2.0
#include "adapters/keys/envelope_keys.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "application/tenant_authority.hpp"
#include "unit/adapters/await.hpp"
#include "unit/adapters/fixed_clock.hpp"
#include "unit/adapters/keys/envelope_doubles.hpp"

namespace vcare::keys {
namespace {

using application::KeyPurpose;
using tests::await;
using namespace std::chrono_literals;

domain::TenantScope scope_of(std::string_view tenant) {
    return application::TenantAuthority::of_operator(domain::TenantId::parse(tenant).value());
}

class EnvelopeKeysTest : public testing::Test {
  protected:
    std::unique_ptr<EnvelopeKeys> open(EnvelopeSettings settings = {}) {
        return make_envelope_keys(std::move(settings), std::make_unique<tests::LoggedEncryption>(&service_),
                                  store_, clock_);
    }
    std::size_t versions_of(KeyPurpose purpose) {
        return static_cast<std::size_t>(
            std::ranges::count(store_.keys["hill"], purpose, &application::WrappedKey::purpose));
    }

    tests::EncryptionLog service_;
    tests::WrappedKeysInMemory store_;
    tests::FixedClock clock_;
    const domain::TenantScope hill_ = scope_of("hill");
};

TEST_F(EnvelopeKeysTest, gives_every_tenant_and_purpose_a_key_of_its_own) {
    const auto keys = open();
    std::set<std::string> seen;

    for (const std::string_view tenant : {"hill", "lake"}) {
        for (const auto purpose : {KeyPurpose::join_token, KeyPurpose::visit_credential, KeyPurpose::phi}) {
            const auto key = await(keys->current_key(scope_of(tenant), purpose));
            ASSERT_TRUE(key);
            EXPECT_EQ(key->bytes.size(), 32U);
            EXPECT_EQ(key->version, 1U);
            EXPECT_TRUE(seen.insert(key->bytes).second);
        }
    }
    EXPECT_TRUE(service_.versions.contains("vcare-hill"));
    EXPECT_TRUE(service_.versions.contains("vcare-lake"));
}

TEST_F(EnvelopeKeysTest, gives_another_replica_the_same_key_out_of_the_store) {
    const auto ours = await(open()->current_key(hill_, KeyPurpose::phi));

    const auto theirs = await(open()->current_key(hill_, KeyPurpose::phi));

    EXPECT_EQ(ours->bytes, theirs->bytes);
    EXPECT_EQ(service_.wraps, 1);
}

TEST_F(EnvelopeKeysTest, asks_the_key_service_once_for_many_requests) {
    await(open()->current_key(hill_, KeyPurpose::join_token)).value();
    const auto keys = open();
    const int before = service_.unwraps;

    for (int i = 0; i < 100; ++i) {
        await(keys->current_key(hill_, KeyPurpose::join_token)).value();
        await(keys->key_of_version(hill_, KeyPurpose::join_token, 1)).value();
    }

    EXPECT_EQ(service_.unwraps - before, 1);
}

TEST_F(EnvelopeKeysTest, serves_what_it_keeps_while_the_service_is_away_and_fails_closed_for_the_rest) {
    await(open()->current_key(scope_of("lake"), KeyPurpose::join_token)).value();
    const auto keys = open();
    const auto before = await(keys->current_key(hill_, KeyPurpose::join_token));
    service_.is_away = true;

    EXPECT_EQ(await(keys->current_key(hill_, KeyPurpose::join_token))->bytes, before->bytes);
    EXPECT_EQ(await(keys->current_key(scope_of("lake"), KeyPurpose::join_token)).error().code,
              ErrorCode::key_service_unavailable);
    EXPECT_EQ(await(keys->current_key(scope_of("new"), KeyPurpose::join_token)).error().code,
              ErrorCode::key_service_unavailable);

    service_.is_away = false;
    EXPECT_TRUE(await(keys->current_key(scope_of("lake"), KeyPurpose::join_token)));
    EXPECT_TRUE(await(keys->current_key(scope_of("new"), KeyPurpose::join_token)));
}

TEST_F(EnvelopeKeysTest, keeps_a_key_no_longer_than_it_may) {
    const auto keys = open({.kept_for = domain::seconds{600}});
    await(keys->current_key(hill_, KeyPurpose::phi)).value();
    service_.is_away = true;

    clock_.advance(599s);
    EXPECT_TRUE(await(keys->current_key(hill_, KeyPurpose::phi)));
    clock_.advance(700s);
    EXPECT_FALSE(await(keys->current_key(hill_, KeyPurpose::phi)));
}

TEST_F(EnvelopeKeysTest, renews_a_key_in_use_so_that_the_service_may_be_away_for_half_its_time) {
    const auto keys = open({.kept_for = 60min});
    const auto key = await(keys->current_key(hill_, KeyPurpose::phi)).value();
    const auto is_had = [&] {
        const auto had = await(keys->key_of_version(hill_, KeyPurpose::phi, 1));
        return had && had->bytes == key.bytes;
    };
    clock_.advance(31min);
    EXPECT_TRUE(is_had());
    const int renewed = service_.unwraps;
    EXPECT_TRUE(is_had());
    EXPECT_EQ(service_.unwraps, renewed) << "once";

    service_.is_away = true;
    clock_.advance(59min);
    EXPECT_TRUE(is_had());
    clock_.advance(2min);
    EXPECT_FALSE(is_had());

    service_.is_away = false;
    EXPECT_TRUE(is_had());
}

TEST_F(EnvelopeKeysTest, keeps_the_keys_of_no_more_tenants_than_it_may) {
    const auto keys = open({.tenants_max = 2});
    for (const std::string_view tenant : {"one", "two", "three"})
        await(keys->current_key(scope_of(tenant), KeyPurpose::phi)).value();
    service_.is_away = true;

    EXPECT_FALSE(await(keys->current_key(scope_of("one"), KeyPurpose::phi))) << "used longest ago";
    EXPECT_TRUE(await(keys->current_key(scope_of("three"), KeyPurpose::phi)));
}

TEST_F(EnvelopeKeysTest, has_nothing_for_a_version_that_is_not_there_and_asks_the_store_rarely) {
    const auto keys = open();
    await(keys->current_key(hill_, KeyPurpose::join_token)).value();
    const int before = store_.reads;

    for (int i = 0; i < 50; ++i) {
        const auto key = await(keys->key_of_version(hill_, KeyPurpose::join_token, 9));
        EXPECT_EQ(key.error().code, ErrorCode::not_found);
    }
    EXPECT_LE(store_.reads - before, 1);
}

TEST_F(EnvelopeKeysTest, signs_with_the_new_version_after_a_rotation_and_still_has_the_one_before) {
    const auto keys = open();
    const auto before = await(keys->current_key(hill_, KeyPurpose::join_token));

    ASSERT_TRUE(await(keys->rotate(hill_)));
    const auto after = await(keys->current_key(hill_, KeyPurpose::join_token));

    EXPECT_EQ(after->version, 2U);
    EXPECT_NE(after->bytes, before->bytes);
    EXPECT_EQ(await(keys->key_of_version(hill_, KeyPurpose::join_token, 1))->bytes, before->bytes);
    for (const auto& key : store_.keys["hill"])
        EXPECT_TRUE(key.wrapped.starts_with("2 ") || service_.versions["vcare-hill"] == 1) << key.wrapped;
}

TEST_F(EnvelopeKeysTest, knows_of_another_replicas_rotation_when_a_link_of_it_comes_or_soon_after) {
    const auto ours = open();
    await(ours->current_key(hill_, KeyPurpose::join_token)).value();
    ASSERT_TRUE(await(open()->rotate(hill_)));

    EXPECT_TRUE(await(ours->key_of_version(hill_, KeyPurpose::join_token, 2)));
    clock_.advance(31s);
    EXPECT_EQ(await(ours->current_key(hill_, KeyPurpose::join_token))->version, 2U);
}

TEST_F(EnvelopeKeysTest, honours_an_older_version_for_as_long_as_its_last_link_lives) {
    const auto keys = open();
    await(keys->current_key(hill_, KeyPurpose::join_token)).value();
    ASSERT_TRUE(await(keys->rotate(hill_)));
    store_.last_links[1] = clock_.now() + 10 * 24h;

    clock_.advance(9 * 24h);
    ASSERT_TRUE(await(keys->rotate(hill_)));
    EXPECT_TRUE(await(keys->key_of_version(hill_, KeyPurpose::join_token, 1)));

    clock_.advance(2 * 24h);
    ASSERT_TRUE(await(keys->rotate(hill_)));
    EXPECT_EQ(await(keys->key_of_version(hill_, KeyPurpose::join_token, 1)).error().code,
              ErrorCode::not_found);
    EXPECT_TRUE(await(keys->key_of_version(hill_, KeyPurpose::phi, 1))) << "what is sealed with it lives on";
}

TEST_F(EnvelopeKeysTest, says_of_each_version_until_when_it_is_needed) {
    const auto keys = open();
    await(keys->current_key(hill_, KeyPurpose::visit_credential)).value();
    ASSERT_TRUE(await(keys->rotate(hill_)));

    const auto versions = await(keys->list(hill_)).value();

    for (const KeyVersion& version : versions) {
        if (version.purpose != KeyPurpose::visit_credential) continue;
        EXPECT_EQ(version.is_current, version.version == 2);
        EXPECT_EQ(version.needed_until.has_value(), version.version == 1);
        if (version.needed_until) EXPECT_EQ(*version.needed_until, clock_.now() + 25h);
    }
    EXPECT_EQ(versions_of(KeyPurpose::visit_credential), 2U);
}

TEST_F(EnvelopeKeysTest, loses_nothing_when_a_rotation_meets_a_service_that_is_away) {
    const auto keys = open();
    const auto before = await(keys->current_key(hill_, KeyPurpose::phi));
    service_.is_away = true;
    EXPECT_EQ(await(keys->rotate(hill_)).error().code, ErrorCode::key_service_unavailable);
    service_.is_away = false;

    EXPECT_EQ(await(keys->current_key(hill_, KeyPurpose::phi))->bytes, before->bytes);
    EXPECT_TRUE(await(keys->rotate(hill_)));
}

TEST_F(EnvelopeKeysTest, refuses_a_wrapped_key_that_was_moved_to_another_tenant) {
    const auto keys = open();
    await(keys->current_key(hill_, KeyPurpose::phi)).value();
    store_.keys["lake"] = store_.keys["hill"];

    EXPECT_FALSE(await(keys->current_key(scope_of("lake"), KeyPurpose::phi)));
}

TEST_F(EnvelopeKeysTest, signs_checkpoints_with_a_key_of_the_services_own) {
    const auto keys = open();
    const auto signature = await(keys->sign_checkpoint("hill 4 abcd\n"));
    ASSERT_TRUE(signature);

    EXPECT_TRUE(await(keys->verify_checkpoint("hill 4 abcd\n", *signature)).value());
    EXPECT_FALSE(await(keys->verify_checkpoint("hill 5 abcd\n", *signature)).value());
}

TEST(KeyName, is_another_one_for_every_tenant_and_fits_every_key_service) {
    const auto name = [](std::string_view tenant) {
        return key_name_of("vcare", domain::TenantId::parse(tenant).value());
    };
    EXPECT_EQ(name("clinic-1"), "vcare-clinic-1");
    EXPECT_EQ(name("urn:clinic.1"), "vcare-urn_3Aclinic_2E1");
    EXPECT_NE(name("a_3Ab"), name("a:b"));
    EXPECT_EQ(name("clinic-"), "vcare-clinic_2D");
}

}  // namespace
}  // namespace vcare::keys
