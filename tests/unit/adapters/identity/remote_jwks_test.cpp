// SPDX-License-Identifier: Apache-2.0
#include "adapters/identity/remote_jwks.hpp"

#include <atomic>
#include <future>
#include <thread>

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "adapters/identity/discovery_codec.hpp"
#include "support/remote_double.hpp"
#include "unit/adapters/await.hpp"
#include "unit/adapters/fixed_clock.hpp"
#include "unit/adapters/noted_telemetry.hpp"

namespace vcare::identity {
namespace {

using support::json_reply;
using support::Received;
using support::RemoteDouble;
using testing::Contains;
using testing::Optional;
using testing::SizeIs;

using Found = Result<std::optional<crypto::PublicKey>>;

class RemoteJwksTest : public testing::Test {
  protected:
    support::Reply answer(const Received& request) {
        if (request.target == "/realm/.well-known/openid-configuration")
            return json_reply(
                200, R"({"issuer":")" + named_issuer_ + R"(","jwks_uri":")" + issuer_.url() + R"(/certs"})");
        return json_reply(200, write_jwks(key_.point(), kid_));
    }
    void make(std::optional<http_client::Url> jwks_url = {}) {
        source_ = make_remote_jwks({.issuer = issuer_.url() + "/realm", .jwks_url = std::move(jwks_url)},
                                   http_client::make_http_client({.max_body_bytes = 10'000}), dependency_,
                                   clock_, telemetry_);
    }
    Found find(const std::string& kid) { return tests::await(source_->find_key(kid)); }
    void look() {
        boost::asio::io_context io;
        tests::await_on(io, source_->look());
    }
    static bool is_there(const Found& found) { return found && found->has_value(); }
    static bool is_away(const Found& found) {
        return !found && found.error().code == ErrorCode::key_service_unavailable;
    }

    tests::FixedClock clock_;
    tests::NotedTelemetry telemetry_;
    const crypto::Es256Key key_ = crypto::Es256Key::generate();
    std::string kid_ = "k1";
    RemoteDouble issuer_{[this](const Received& request) { return answer(request); }};
    std::string named_issuer_ = issuer_.url() + "/realm";
    std::shared_ptr<http_client::Dependency> dependency_ =
        std::make_shared<http_client::Dependency>("identity", clock_, telemetry_, issuer_pauses);
    std::shared_ptr<JwksSource> source_;
};

TEST_F(RemoteJwksTest, finds_a_key_where_discovery_says_and_remembers_it) {
    make();

    EXPECT_TRUE(is_there(find("k1")));
    EXPECT_TRUE(is_there(find("k1")));

    ASSERT_THAT(issuer_.requests(), SizeIs(2));
    EXPECT_EQ(issuer_.requests()[1].target, "/certs");
    EXPECT_TRUE(dependency_->health()->works);
}

TEST_F(RemoteJwksTest, needs_no_discovery_when_it_was_told_where_keys_are) {
    make(http_client::Url::parse(issuer_.url() + "/certs"));

    EXPECT_TRUE(is_there(find("k1")));

    EXPECT_THAT(issuer_.requests(), SizeIs(1));
}

TEST_F(RemoteJwksTest, believes_no_document_of_another_issuer) {
    named_issuer_ += "/";
    make();

    EXPECT_TRUE(is_away(find("k1")));
    EXPECT_EQ(dependency_->health()->result, "discovery names another issuer");
    EXPECT_THAT(telemetry_.events, Contains("identity.keys_not_fetched"));
}

TEST_F(RemoteJwksTest, looks_again_for_an_unknown_key_but_not_oftener_than_the_floor_allows) {
    make();
    ASSERT_TRUE(is_there(find("k1")));
    kid_ = "k2";

    EXPECT_FALSE(find("k2").value()) << "asked a moment ago";
    EXPECT_THAT(issuer_.requests(), SizeIs(2));

    clock_.advance(domain::seconds{10});
    EXPECT_TRUE(is_there(find("k2")));
    EXPECT_FALSE(find("k1").value()) << "given up by its issuer";
    for (int i = 0; i < 100; ++i) EXPECT_FALSE(find("x" + std::to_string(i)).value());
    EXPECT_THAT(issuer_.requests(), SizeIs(4));
}

TEST_F(RemoteJwksTest, goes_on_with_known_keys_while_the_issuer_is_away_for_as_long_as_they_count) {
    make();
    ASSERT_TRUE(is_there(find("k1")));
    issuer_.stop();
    clock_.advance(domain::hours{23});
    look();

    EXPECT_TRUE(is_there(find("k1")));
    EXPECT_TRUE(is_away(find("k2"))) << "nobody can tell whether there is such a key";
    EXPECT_FALSE(dependency_->health()->works);

    clock_.advance(domain::hours{1});
    EXPECT_TRUE(is_away(find("k1")));

    issuer_.start();
    clock_.advance(domain::seconds{10});
    EXPECT_TRUE(is_there(find("k1")));
}

TEST_F(RemoteJwksTest, fails_closed_until_the_issuer_was_there_once) {
    issuer_.stop();
    make();

    const Found away = find("k1");
    ASSERT_TRUE(is_away(away));
    EXPECT_THAT(away.error().retry_after, Optional(domain::seconds{10}));

    issuer_.start();
    EXPECT_TRUE(is_away(find("k1"))) << "asked a moment ago";
    clock_.advance(domain::seconds{10});
    EXPECT_TRUE(is_there(find("k1")));
}

TEST_F(RemoteJwksTest, takes_no_answer_that_has_no_key_in_it) {
    make(http_client::Url::parse(issuer_.url() + "/certs"));
    for (const auto& reply : {json_reply(200, R"({"keys":[]})"), json_reply(200, "[]"), json_reply(404, "{}"),
                              json_reply(200, R"({"keys":[{"kty":"oct","kid":"k1","k":"c2VjcmV0"}]})"),
                              support::reply(302, "", "text/plain", {{"location", "/elsewhere"}}),
                              json_reply(200, std::string(20'000, ' '))}) {
        issuer_.respond([reply](const Received&) { return reply; });
        EXPECT_TRUE(is_away(find("k1")));
        clock_.advance(domain::minutes{1});
    }
}

TEST_F(RemoteJwksTest, fetches_keys_anew_when_they_are_old_before_anybody_needs_them) {
    make();
    look();
    look();
    EXPECT_THAT(issuer_.requests(), SizeIs(2));

    clock_.advance(domain::seconds{300});
    look();

    EXPECT_THAT(issuer_.requests(), SizeIs(4));
}

TEST_F(RemoteJwksTest, is_asked_once_for_everybody_who_waits_on_any_loop) {
    make(http_client::Url::parse(issuer_.url() + "/certs"));
    std::promise<void> all_wait;
    issuer_.respond([&, open = all_wait.get_future().share()](const Received& request) {
        open.wait();
        return answer(request);
    });
    std::vector<std::thread> loops;
    std::atomic<int> found = 0;
    std::atomic<int> begun = 0;
    for (int i = 0; i < 4; ++i) {
        loops.emplace_back([&] {
            boost::asio::io_context io;
            auto first = boost::asio::co_spawn(io, source_->find_key("k1"), boost::asio::use_future);
            auto second = boost::asio::co_spawn(io, source_->find_key("k1"), boost::asio::use_future);
            io.poll();
            if (++begun == 4) all_wait.set_value();
            io.run();
            found += is_there(first.get()) + is_there(second.get());
        });
    }
    for (std::thread& loop : loops) loop.join();

    EXPECT_EQ(found, 8);
    EXPECT_THAT(issuer_.requests(), SizeIs(1));
}

TEST(Discovery, is_below_the_issuer_with_or_without_a_slash_at_its_end) {
    for (const char* issuer : {"https://id.example/realms/a", "https://id.example/realms/a/"}) {
        EXPECT_EQ(discovery_url(issuer)->text(),
                  "https://id.example/realms/a/.well-known/openid-configuration");
    }
    EXPECT_FALSE(discovery_url("urn:vcare:embedded-issuer"));
}

TEST(Discovery, may_not_lead_away_from_tls) {
    EXPECT_TRUE(parse_discovery(R"({"issuer":"https://a","jwks_uri":"https://b/keys"})", "https://a"));
    EXPECT_EQ(parse_discovery(R"({"issuer":"https://a","jwks_uri":"http://b/keys"})", "https://a").error(),
              "discovery leads to keys over plain http");
    EXPECT_EQ(parse_discovery(R"({"issuer":"https://a"})", "https://a").error(), "discovery names no keys");
    EXPECT_EQ(parse_discovery("[]", "https://a").error(), "discovery is no JSON object");
}

}  // namespace
}  // namespace vcare::identity
