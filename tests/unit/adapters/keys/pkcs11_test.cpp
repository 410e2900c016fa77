// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "adapters/keys/pkcs11_keys.hpp"
#include "adapters/keys/pkcs11_session.hpp"
#include "adapters/keys/pkcs11_uri.hpp"
#include "support/soft_hsm.hpp"
#include "unit/adapters/await.hpp"
#include "unit/adapters/fixed_clock.hpp"
#include "unit/adapters/noted_telemetry.hpp"

namespace vcare::keys {
namespace {

using support::SoftHsm;
using tests::await;

Pkcs11Uri uri_of(const std::string& text = SoftHsm::uri()) {
    return Pkcs11Uri::parse(text).value();
}

TEST(Pkcs11Uri, names_a_token_and_a_module) {
    const auto uri = Pkcs11Uri::parse("pkcs11:token=my%20clinic;serial=1f?module-path=/usr/lib/m.so");

    ASSERT_TRUE(uri) << uri.error();
    EXPECT_EQ(uri->token, "my clinic");
    EXPECT_EQ(uri->serial, "1f");
    EXPECT_EQ(uri->module_path, "/usr/lib/m.so");
}

TEST(Pkcs11Uri, that_cannot_be_used_says_why) {
    const std::vector<std::pair<std::string, std::string>> wrong = {
        {"pkcs11:", "names no token by its label"},
        {"pkcs11:token=a", "names no module by its absolute path"},
        {"pkcs11:token=a?module-path=lib.so", "names no module by its absolute path"},
        {"pkcs11:token=a?module-path=/m&pin-value=1234", "holds a PIN or says where it is, set keys.pin"},
        {"pkcs11:token=a?module-path=/m&pin-source=file:/p", "holds a PIN or says where it is, set keys.pin"},
        {"pkcs11:token=?module-path=/m", "has an attribute without a value"},
        {"pkcs11:token=%zz?module-path=/m", "has an attribute without a value"},
        {"pkcs11:token=a;token=b?module-path=/m", "names an attribute twice: token"},
        {"pkcs11:token=a;slot-id=3?module-path=/m",
         "has an attribute other than token, serial and module-path: slot-id"}};
    for (const auto& [text, problem] : wrong) {
        const auto uri = Pkcs11Uri::parse(text);
        ASSERT_FALSE(uri) << text;
        EXPECT_EQ(uri.error(), problem) << text;
    }
}

class Pkcs11TokenTest : public testing::Test {
  protected:
    Pkcs11TokenTest() { hsm_.enter(); }

    SoftHsm hsm_;
    std::unique_ptr<Pkcs11Token> token_ = make_pkcs11_token(uri_of(), SoftHsm::pin());
};

TEST_F(Pkcs11TokenTest, unwraps_what_it_wrapped_and_nothing_that_was_touched) {
    const auto wrapped = token_->wrap("vcare-hill", "a secret of thirty-two bytes....", "hill/1");
    ASSERT_TRUE(wrapped) << word_of(wrapped.error());

    EXPECT_EQ(token_->unwrap("vcare-hill", *wrapped, "hill/1"), "a secret of thirty-two bytes....");
    EXPECT_EQ(token_->unwrap("vcare-hill", *wrapped, "hill/2").error(), TokenFailure::rejected);
    EXPECT_EQ(token_->unwrap("vcare-lake", *wrapped, "hill/1").error(), TokenFailure::no_such_key);
    EXPECT_EQ(token_->unwrap("vcare-hill", "nonsense", "hill/1").error(), TokenFailure::rejected);
    std::string touched = *wrapped;
    touched.back() = touched.back() == 'A' ? 'Q' : 'A';
    EXPECT_FALSE(token_->unwrap("vcare-hill", touched, "hill/1"));
    EXPECT_TRUE(token_->unwrap("vcare-hill", *wrapped, "hill/1")) << "a refusal leaves it usable";
}

TEST_F(Pkcs11TokenTest, keeps_its_keys_across_a_restart) {
    const auto wrapped = token_->wrap("vcare-hill", "secret", "hill/1").value();
    token_.reset();

    token_ = make_pkcs11_token(uri_of(), SoftHsm::pin());
    EXPECT_EQ(token_->unwrap("vcare-hill", wrapped, "hill/1"), "secret");
}

TEST_F(Pkcs11TokenTest, makes_keys_that_cannot_be_taken_out) {
    token_->wrap("vcare-hill", "secret", "hill/1").value();
    token_->sign("vcare.checkpoints", "text").value();
    token_.reset();

    const auto open = OpenToken::open(uri_of(), SoftHsm::pin()).value();
    const ck_session_handle_t session = open->borrow().value();
    ck_function_list& module = *open->module();
    ASSERT_EQ(module.C_FindObjectsInit(session, nullptr, 0), CKR_OK);
    std::vector<ck_object_handle_t> objects(10);
    unsigned long count = 0;
    ASSERT_EQ(module.C_FindObjects(session, objects.data(), objects.size(), &count), CKR_OK);
    ASSERT_EQ(count, 3U) << "an AES key and a pair";
    int secrets = 0;
    for (unsigned long i = 0; i < count; ++i) {
        std::string bytes(100, '\0');
        ck_attribute value{.type = CKA_VALUE, .value = bytes.data(), .value_len = bytes.size()};
        const ck_rv_t result = module.C_GetAttributeValue(session, objects[i], &value, 1);
        EXPECT_NE(result, CKR_OK);
        secrets += result == CKR_ATTRIBUTE_SENSITIVE ? 1 : 0;
    }
    EXPECT_EQ(secrets, 2);
}

TEST_F(Pkcs11TokenTest, wraps_under_a_new_version_after_a_rotation_and_still_unwraps_the_old) {
    const auto before = token_->wrap("vcare-hill", "secret", "hill/1").value();

    ASSERT_TRUE(token_->rotate("vcare-hill"));
    const auto after = token_->wrap("vcare-hill", "secret", "hill/1").value();

    EXPECT_TRUE(before.starts_with("p11:1-")) << before;
    EXPECT_TRUE(after.starts_with("p11:2-")) << after;
    EXPECT_EQ(token_->unwrap("vcare-hill", before, "hill/1"), "secret");
    EXPECT_EQ(token_->unwrap("vcare-hill", after, "hill/1"), "secret");
}

TEST_F(Pkcs11TokenTest, signs_with_a_pair_of_its_own) {
    const auto signature = token_->sign("vcare.checkpoints", "hill 4 abcd\n");
    ASSERT_TRUE(signature) << word_of(signature.error());

    EXPECT_EQ(token_->verify("vcare.checkpoints", "hill 4 abcd\n", *signature), true);
    EXPECT_EQ(token_->verify("vcare.checkpoints", "hill 5 abcd\n", *signature), false);
    EXPECT_EQ(token_->verify("vcare.checkpoints", "hill 4 abcd\n", "nonsense"), false);
    EXPECT_EQ(token_->verify("vcare.others", "hill 4 abcd\n", *signature), false);
}

TEST_F(Pkcs11TokenTest, is_away_while_it_is_taken_out_and_works_again_when_it_is_back) {
    const auto wrapped = token_->wrap("vcare-hill", "secret", "hill/1").value();

    hsm_.remove();
    EXPECT_EQ(token_->unwrap("vcare-hill", wrapped, "hill/1").error(), TokenFailure::away);
    EXPECT_EQ(token_->wrap("vcare-lake", "secret", "lake/1").error(), TokenFailure::away);
    EXPECT_EQ(token_->look().error(), TokenFailure::away);
    hsm_.put_back();

    EXPECT_TRUE(token_->look());
    EXPECT_EQ(token_->unwrap("vcare-hill", wrapped, "hill/1"), "secret");
}

TEST_F(Pkcs11TokenTest, is_away_without_its_module_or_with_another_label) {
    const auto no_module = make_pkcs11_token(uri_of("pkcs11:token=vcare?module-path=/no/such.so"), "1234");
    EXPECT_EQ(no_module->look().error(), TokenFailure::away);

    const auto no_token =
        make_pkcs11_token(uri_of("pkcs11:token=other?module-path=" + SoftHsm::module_path()), SoftHsm::pin());
    EXPECT_EQ(no_token->look().error(), TokenFailure::away);
}

TEST_F(Pkcs11TokenTest, tries_a_refused_pin_once_only) {
    const auto token = make_pkcs11_token(uri_of(), "wrong-pin");
    for (int i = 0; i < 20; ++i) EXPECT_EQ(token->look().error(), TokenFailure::pin_refused);

    EXPECT_TRUE(token_->look()) << "it has not locked itself";
}

TEST_F(Pkcs11TokenTest, serves_several_threads_each_with_a_session) {
    const auto wrapped = token_->wrap("vcare-hill", "secret", "hill/1").value();
    std::vector<std::thread> threads;
    std::atomic<int> right = 0;

    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 25; ++i)
                if (token_->unwrap("vcare-hill", wrapped, "hill/1") == "secret") ++right;
        });
    }
    for (std::thread& thread : threads) thread.join();

    EXPECT_EQ(right, 100);
}

/// Takes its time, as a token behind a network does.
class SlowToken final : public Pkcs11Token {
  public:
    explicit SlowToken(std::shared_future<void> until) : until_(std::move(until)) {}
    TokenAnswer<std::string> wrap(const std::string&, const std::string&, const std::string&) override {
        until_.wait();
        return "wrapped";
    }
    TokenAnswer<std::string> unwrap(const std::string&, const std::string&, const std::string&) override {
        return std::unexpected{TokenFailure::rejected};
    }
    TokenAnswer<void> rotate(const std::string&) override { return {}; }
    TokenAnswer<std::string> sign(const std::string&, const std::string&) override { return "signed"; }
    TokenAnswer<bool> verify(const std::string&, const std::string&, const std::string&) override {
        return true;
    }
    TokenAnswer<void> look() override { return std::unexpected{TokenFailure::away}; }

  private:
    std::shared_future<void> until_;
};

class Pkcs11KeysTest : public testing::Test {
  protected:
    std::unique_ptr<KeyEncryption> keys_on(std::unique_ptr<Pkcs11Token> token) {
        return make_pkcs11_keys(std::move(token), 2, dependency_, clock_, telemetry_);
    }

    tests::FixedClock clock_;
    tests::NotedTelemetry telemetry_;
    std::shared_ptr<http_client::Dependency> dependency_ =
        std::make_shared<http_client::Dependency>("keys", clock_, telemetry_, key_service_pauses);
};

TEST_F(Pkcs11KeysTest, answer_on_the_callers_loop) {
    const SoftHsm hsm;
    hsm.enter();
    const auto keys = keys_on(make_pkcs11_token(uri_of(), SoftHsm::pin()));

    const auto wrapped = await(keys->wrap("vcare-hill", "secret", "hill/1"));

    ASSERT_TRUE(wrapped);
    EXPECT_EQ(await(keys->unwrap("vcare-hill", *wrapped, "hill/1")).value(), "secret");
    EXPECT_TRUE(await(keys->rotate("vcare-hill")));
    const auto signature = await(keys->sign("vcare.checkpoints", "text"));
    EXPECT_TRUE(await(keys->verify("vcare.checkpoints", "text", *signature)).value());
    EXPECT_TRUE(dependency_->health()->works);
}

TEST_F(Pkcs11KeysTest, give_up_on_a_token_that_takes_too_long) {
    boost::asio::io_context loop;  // outlives the call that goes on by itself
    std::promise<void> done;
    const auto keys = keys_on(std::make_unique<SlowToken>(done.get_future().share()));

    const auto wrapped = tests::await_on(loop, keys->wrap("vcare-hill", "secret", "hill/1"));

    ASSERT_FALSE(wrapped);
    EXPECT_EQ(wrapped.error().code, ErrorCode::key_service_unavailable);
    EXPECT_TRUE(wrapped.error().retry_after);
    EXPECT_EQ(dependency_->health()->result, "timed_out");
    done.set_value();
}

TEST_F(Pkcs11KeysTest, leave_a_token_alone_that_keeps_failing_but_not_one_that_refuses) {
    const auto keys = keys_on(std::make_unique<SlowToken>(std::promise<void>{}.get_future().share()));

    for (int i = 0; i < 20; ++i) EXPECT_FALSE(await(keys->unwrap("vcare-hill", "x", "hill/1")));
    EXPECT_TRUE(dependency_->health()->works) << "it is there, and says no";
    EXPECT_FALSE(dependency_->ask());

    for (unsigned i = 0; i < http_client::CircuitBreaker::failures_to_open; ++i) await(keys->look());
    EXPECT_FALSE(dependency_->health()->works);
    EXPECT_TRUE(dependency_->ask());
}

}  // namespace
}  // namespace vcare::keys
