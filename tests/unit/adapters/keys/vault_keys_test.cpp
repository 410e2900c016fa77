// SPDX-License-Identifier: Apache-2.0
#include "adapters/keys/vault_keys.hpp"

#include <gmock/gmock.h>

#include "adapters/keys/pkcs11_keys.hpp"
#include "unit/adapters/await.hpp"
#include "unit/adapters/fixed_clock.hpp"
#include "unit/adapters/keys/vault_double.hpp"
#include "unit/adapters/noted_telemetry.hpp"

namespace vcare::keys {
namespace {

using support::Received;
using support::Reply;
using testing::Contains;
using tests::await;
using Then = Reply::Then;

class VaultKeysTest : public testing::Test {
  protected:
    std::unique_ptr<KeyEncryption> keys_with(std::string token) {
        return make_vault_keys({.url = http_client::Url::parse(vault_.url()).value(),
                                .token = std::move(token),
                                .mount = "clinics/transit",
                                .name_space = "hospital"},
                               http_client::make_http_client({.max_body_bytes = 10'000}), dependency_, clock_,
                               telemetry_);
    }
    ErrorCode refusal_of_unwrap() {
        return await(keys_->unwrap("vcare-hill", "vault:v1:AAAA", "hill/1")).error().code;
    }

    tests::VaultDouble vault_;
    tests::FixedClock clock_;
    tests::NotedTelemetry telemetry_;
    std::shared_ptr<http_client::Dependency> dependency_ =
        std::make_shared<http_client::Dependency>("keys", clock_, telemetry_, key_service_pauses);
    std::unique_ptr<KeyEncryption> keys_ = keys_with(std::string{tests::VaultDouble::token});
};

TEST_F(VaultKeysTest, unwrap_what_they_wrapped_and_nothing_that_was_touched) {
    const auto wrapped = await(keys_->wrap("vcare-hill", "a secret of thirty-two bytes....", "hill/1"));
    ASSERT_TRUE(wrapped);

    EXPECT_TRUE(wrapped->starts_with("vault:v1:"));
    EXPECT_EQ(await(keys_->unwrap("vcare-hill", *wrapped, "hill/1")).value(),
              "a secret of thirty-two bytes....");
    EXPECT_FALSE(await(keys_->unwrap("vcare-hill", *wrapped, "hill/2")));
    EXPECT_FALSE(await(keys_->unwrap("vcare-lake", *wrapped, "hill/1")));
    EXPECT_FALSE(await(keys_->unwrap("vcare-hill", "nonsense", "hill/1")));
    EXPECT_TRUE(dependency_->health()->works) << "it is there, and says no";
}

TEST_F(VaultKeysTest, wrap_under_a_new_version_after_a_rotation_and_still_unwrap_the_old) {
    const auto before = await(keys_->wrap("vcare-hill", "secret", "hill/1")).value();

    ASSERT_TRUE(await(keys_->rotate("vcare-hill")));
    const auto after = await(keys_->wrap("vcare-hill", "secret", "hill/1")).value();

    EXPECT_TRUE(after.starts_with("vault:v2:"));
    EXPECT_EQ(await(keys_->unwrap("vcare-hill", before, "hill/1")).value(), "secret");
    EXPECT_EQ(await(keys_->unwrap("vcare-hill", after, "hill/1")).value(), "secret");
}

TEST_F(VaultKeysTest, sign_with_a_pair_of_their_own) {
    const auto signature = await(keys_->sign("vcare.checkpoints", "hill 4 abcd\n")).value();

    EXPECT_EQ(await(keys_->verify("vcare.checkpoints", "hill 4 abcd\n", signature)), true);
    EXPECT_EQ(await(keys_->verify("vcare.checkpoints", "hill 5 abcd\n", signature)), false);
    EXPECT_EQ(await(keys_->verify("vcare.checkpoints", "hill 4 abcd\n", "vault:v9:AAAA")), false);
    EXPECT_EQ(await(keys_->verify("vcare.checkpoints", "hill 4 abcd\n", "nonsense")), false);
}

TEST_F(VaultKeysTest, sign_in_with_token_and_namespace_and_send_no_secret_in_an_url) {
    await(keys_->wrap("vcare-hill", "secret", "hill/1")).value();

    for (const Received& request : vault_.server().requests()) {
        EXPECT_EQ(request.headers.at("x-vault-token"), tests::VaultDouble::token);
        EXPECT_EQ(request.headers.at("x-vault-namespace"), "hospital");
        EXPECT_EQ(request.headers.at("x-vault-request"), "true");
        EXPECT_EQ(request.target.find('?'), std::string::npos);
    }
}

TEST_F(VaultKeysTest, are_away_with_a_token_that_ran_out_and_say_so) {
    keys_ = keys_with("hvs.old");

    EXPECT_EQ(refusal_of_unwrap(), ErrorCode::key_service_unavailable);
    EXPECT_FALSE(dependency_->health()->works);
    EXPECT_EQ(dependency_->health()->result, "not_allowed");
    EXPECT_THAT(telemetry_.events, Contains("keys.not_allowed"));
}

TEST_F(VaultKeysTest, are_away_while_vault_is_sealed_and_work_again_afterwards) {
    const auto wrapped = await(keys_->wrap("vcare-hill", "secret", "hill/1")).value();
    vault_.is_sealed = true;
    EXPECT_EQ(refusal_of_unwrap(), ErrorCode::key_service_unavailable);

    vault_.is_sealed = false;
    EXPECT_EQ(await(keys_->unwrap("vcare-hill", wrapped, "hill/1")).value(), "secret");
}

TEST_F(VaultKeysTest, take_nothing_for_an_answer_that_is_none) {
    const Reply whole = support::json_reply(200, R"({"data":{"plaintext":"c2VjcmV0"}})");
    const std::vector<Reply> wrong = {
        support::json_reply(200, "no JSON"),
        support::json_reply(200, "[]"),
        support::json_reply(200, R"({"data":{}})"),
        support::json_reply(200, R"({"data":{"plaintext":7}})"),
        support::json_reply(200, R"({"data":{"plaintext":"c2Vj!"}})"),
        support::json_reply(204, ""),
        support::json_reply(302, R"({"data":{"plaintext":"c2VjcmV0"}})"),
        support::json_reply(500, R"({"data":{"plaintext":"c2VjcmV0"}})"),
        support::json_reply(200, std::string(20'000, ' ')),
        support::cut(whole, whole.bytes.size() - 3, Then::close),
        support::cut(whole, 0, Then::reset),
    };
    for (const Reply& reply : wrong) {
        vault_.server().respond([reply](const Received&) { return reply; });
        EXPECT_EQ(refusal_of_unwrap(), ErrorCode::key_service_unavailable) << reply.bytes.substr(0, 200);
        clock_.advance(std::chrono::minutes{1});  // past any pause
    }
    vault_.server().respond([&whole](const Received&) { return Reply{whole}; });
    EXPECT_EQ(await(keys_->unwrap("vcare-hill", "vault:v1:AAAA", "hill/1")).value(), "secret");
}

TEST_F(VaultKeysTest, wait_no_longer_than_two_seconds) {
    vault_.server().respond([](const Received&) { return support::silence(); });
    const auto began = std::chrono::steady_clock::now();

    EXPECT_EQ(refusal_of_unwrap(), ErrorCode::key_service_unavailable);

    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{10});
    EXPECT_EQ(dependency_->health()->result, "timed_out");
}

TEST_F(VaultKeysTest, leave_a_vault_alone_that_keeps_failing) {
    vault_.is_sealed = true;
    for (int i = 0; i < 20; ++i) refusal_of_unwrap();

    EXPECT_EQ(vault_.server().requests().size(), http_client::CircuitBreaker::failures_to_open);
}

TEST_F(VaultKeysTest, look_without_a_key_and_renew_their_token_now_and_then) {
    await(keys_->look());
    await(keys_->look());
    EXPECT_TRUE(dependency_->health()->works);
    EXPECT_EQ(vault_.renewals, 1);

    clock_.advance(std::chrono::minutes{11});
    await(keys_->look());
    EXPECT_EQ(vault_.renewals, 2);
}

}  // namespace
}  // namespace vcare::keys
