// SPDX-License-Identifier: Apache-2.0
#include "adapters/keys/file_keys.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "application/tenant_authority.hpp"
#include "support/process.hpp"
#include "unit/adapters/await.hpp"

namespace vcare::keys {
namespace {

using application::KeyPurpose;
using tests::await;

domain::TenantScope scope_of(std::string_view tenant) {
    return application::TenantAuthority::of_operator(domain::TenantId::parse(tenant).value());
}

class FileKeysTest : public testing::Test {
  protected:
    std::unique_ptr<application::KeyService> open() { return make_file_keys(KeyFolder{path_}); }

    support::TempFolder temporary_;
    std::filesystem::path path_ = temporary_.path() / "keys";
};

TEST_F(FileKeysTest, gives_every_tenant_and_purpose_a_key_of_its_own) {
    const auto keys = open();
    std::set<std::string> seen;

    for (const std::string_view tenant : {"hill", "lake"}) {
        for (const auto purpose : {KeyPurpose::join_token, KeyPurpose::visit_credential, KeyPurpose::phi}) {
            const auto key = await(keys->current_key(scope_of(tenant), purpose));
            ASSERT_TRUE(key);
            EXPECT_EQ(key->bytes.size(), 32U);
            EXPECT_TRUE(seen.insert(key->bytes).second);
        }
    }
}

TEST_F(FileKeysTest, gives_the_same_key_after_a_restart) {
    const auto before = await(open()->current_key(scope_of("hill"), KeyPurpose::phi));

    const auto after = await(open()->current_key(scope_of("hill"), KeyPurpose::phi));

    EXPECT_EQ(before->bytes, after->bytes);
    EXPECT_EQ(before->version, after->version);
}

TEST_F(FileKeysTest, uses_the_newest_version_and_still_has_the_one_before) {
    const auto before = await(open()->current_key(scope_of("hill"), KeyPurpose::join_token));
    const auto second = path_ / "master-2.key";
    std::ofstream{second} << std::string(64, 'b');
    std::filesystem::permissions(second, std::filesystem::perms{0600});

    const auto keys = open();
    const auto after = await(keys->current_key(scope_of("hill"), KeyPurpose::join_token));
    const auto older = await(keys->key_of_version(scope_of("hill"), KeyPurpose::join_token, 1));

    EXPECT_EQ(after->version, 2U);
    EXPECT_NE(after->bytes, before->bytes);
    EXPECT_EQ(older->bytes, before->bytes);
    EXPECT_EQ(older->version, 1U);
}

TEST_F(FileKeysTest, has_nothing_for_a_version_it_has_not) {
    const auto key = await(open()->key_of_version(scope_of("hill"), KeyPurpose::join_token, 9));

    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, ErrorCode::not_found);
}

TEST_F(FileKeysTest, verifies_its_own_checkpoints_across_a_restart_and_no_others) {
    const auto signature = await(open()->sign_checkpoint("hill 4 abcd\n"));
    ASSERT_TRUE(signature);

    const auto keys = open();
    EXPECT_TRUE(await(keys->verify_checkpoint("hill 4 abcd\n", *signature)).value());
    EXPECT_FALSE(await(keys->verify_checkpoint("hill 5 abcd\n", *signature)).value());
    EXPECT_FALSE(await(keys->verify_checkpoint("hill 4 abcd\n", "nonsense!")).value());
}

}  // namespace
}  // namespace vcare::keys
