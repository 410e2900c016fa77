// SPDX-License-Identifier: Apache-2.0
#include "adapters/fhir/http_fhir_transport.hpp"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>

#include "adapters/crypto/compact_jws.hpp"
#include "adapters/fhir/fhir_gateway.hpp"
#include "adapters/system/system.hpp"
#include "application/tenant_authority.hpp"
#include "support/builders/encounter_builder.hpp"
#include "support/remote_double.hpp"
#include "unit/adapters/await.hpp"
#include "unit/adapters/crypto/pem_keys.hpp"
#include "unit/adapters/fixed_clock.hpp"
#include "unit/adapters/noted_telemetry.hpp"

namespace vcare::fhir {
namespace {

using support::Received;
using support::RemoteDouble;
using support::Reply;
using testing::HasSubstr;
using Answer = std::expected<FhirResponse, NoAnswer>;
using Then = Reply::Then;

const auto scope = application::TenantAuthority::of_operator(domain::TenantId::parse("hill").value());
const FhirRequest creation{.method = "POST",
                           .path = "Encounter",
                           .headers = {{"if-none-exist", "identifier=urn:x|vsn_1"}},
                           .body = "{}"};

http_client::Url url_of(const RemoteDouble& server, const std::string& path) {
    return http_client::Url::parse(server.url() + path).value();
}

class HttpFhirTransportTest : public testing::Test {
  protected:
    Answer send_with(std::unique_ptr<AccessTokens> tokens, FhirRequest request = creation) {
        const auto transport =
            make_http_fhir_transport(url_of(server_, "/fhir/R4"), std::move(tokens), *client_);
        return tests::await(transport->send(scope, std::move(request)));
    }

    const std::unique_ptr<http_client::HttpClient> client_ = http_client::make_http_client();
    RemoteDouble server_{[](const Received&) {
        return support::reply(201, "{}", "application/fhir+json", {{"Location", "Encounter/e-1"}});
    }};
};

TEST_F(HttpFhirTransportTest, carries_a_request_below_the_base_and_brings_the_answer_back) {
    const auto answer = send_with(make_fixed_token(""));

    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 201);
    EXPECT_EQ(answer->headers.at("location"), "Encounter/e-1");
    EXPECT_EQ(answer->body, "{}");
    const Received received = server_.requests().at(0);
    EXPECT_EQ(received.target, "/fhir/R4/Encounter");
    EXPECT_EQ(received.headers.at("if-none-exist"), "identifier=urn:x|vsn_1");
    EXPECT_FALSE(received.headers.contains("authorization"));
}

TEST_F(HttpFhirTransportTest, shows_a_fixed_token_and_takes_a_refusal_for_the_answer) {
    server_.respond([](const Received&) { return support::json_reply(401, "{}"); });

    EXPECT_EQ(send_with(make_fixed_token("bearer-1"))->status, 401);
    ASSERT_EQ(server_.requests().size(), 1U);
    EXPECT_EQ(server_.requests().at(0).headers.at("authorization"), "Bearer bearer-1");
}

TEST_F(HttpFhirTransportTest, says_in_a_word_why_there_is_no_answer) {
    const Reply whole = support::json_reply(200, "{}");
    for (const auto& [reply, word] : {std::pair{cut(whole, 0, Then::close), "reset"},
                                      std::pair{cut(whole, 20, Then::close), "half_answer"},
                                      std::pair{Reply{.bytes = "nonsense"}, "not_http"}}) {
        server_.respond([reply](const Received&) { return reply; });
        const auto answer = send_with(make_fixed_token(""));
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().reason, word);
    }
    server_.stop();
    EXPECT_EQ(send_with(make_fixed_token("")).error().reason, "refused");
}

/// What fhir.md's table says of an answer, in a word and its detail.
std::string outcome_word(const application::EncounterOutcome& outcome) {
    if (const auto* written = std::get_if<application::EncounterWritten>(&outcome))
        return "written " + written->encounter_id;
    if (const auto* refused = std::get_if<application::EncounterRefused>(&outcome)) {
        std::string word = "refused " + refused->reason;
        for (const std::string& code : refused->codes) word += " " + code;
        return word;
    }
    const auto& later = std::get<application::EncounterLater>(outcome);
    const std::string pause =
        later.retry_after ? " in " + std::to_string(later.retry_after->count()) : std::string{};
    return "later " + later.reason + pause;
}

TEST_F(HttpFhirTransportTest, makes_of_every_answer_what_the_gateway_promises) {
    const std::string refusal = R"({"resourceType":"OperationOutcome","issue":[{"code":"invalid"}]})";
    const std::string two = R"({"resourceType":"Bundle","entry":[)"
                            R"({"resource":{"resourceType":"Encounter","id":"e-1"}},)"
                            R"({"resource":{"resourceType":"Encounter","id":"e-2"}}]})";
    const auto fhir = [](int status, const std::string& body,
                         std::map<std::string, std::string> headers = {}) {
        return support::reply(status, body, "application/fhir+json", headers);
    };
    const Reply created = fhir(201, "", {{"Location", "Encounter/e-1/_history/1"}});
    const std::vector<std::pair<Reply, std::string>> cases = {
        {created, "written e-1"},
        {fhir(200, "", {{"Location", "Encounter/e-1"}}), "written e-1"},
        {fhir(200, R"({"resourceType":"Encounter","id":"e-2"})"), "written e-2"},
        {fhir(412, refusal), "refused duplicate e-1 e-2"},
        {fhir(400, refusal), "refused content invalid"},
        {fhir(422, refusal), "refused content invalid"},
        {fhir(401, refusal), "later status 401"},
        {fhir(403, refusal), "later status 403"},
        {fhir(404, "nothing"), "later status 404"},
        {fhir(408, ""), "later status 408"},
        {fhir(429, "", {{"Retry-After", "17"}}), "later status 429 in 17"},
        {fhir(500, ""), "later status 500"},
        {fhir(503, "", {{"Retry-After", "Sun, 01 Mar 2026 09:30:40 GMT"}}), "later status 503 in 40"},
        {support::reply(201, "<html>done</html>", "text/html"), "later not JSON"},
        {cut(created, 30, Then::close), "later half_answer"},
        {cut(created, 0, Then::reset), "later reset"},
    };
    tests::FixedClock clock;
    tests::NotedTelemetry telemetry;
    const auto randomness = system::make_system_randomness();
    for (const auto& [reply, word] : cases) {
        const auto gateway = make_fhir_gateway(
            make_http_fhir_transport(url_of(server_, "/fhir"), make_fixed_token(""), *client_),
            "urn:vcare:virtual-session", std::make_shared<http_client::Dependency>("fhir", clock, telemetry),
            clock, *randomness, telemetry);
        server_.respond([reply, two](const Received& received) {
            return received.method == "GET" ? support::json_reply(200, two) : reply;
        });
        EXPECT_EQ(outcome_word(tests::await(gateway->create_encounter(scope, tests::an_encounter().build()))),
                  word)
            << reply.bytes;
    }
}

/// A FHIR server with a token endpoint beside it.
class SmartTokensTest : public HttpFhirTransportTest {
  public:
    ~SmartTokensTest() override { EVP_PKEY_free(key_); }

  protected:
    SmartTokensTest() {
        server_.respond([](const Received& received) {
            const bool is_let_in = received.headers.at("authorization") == "Bearer good";
            return support::json_reply(is_let_in ? 201 : 401, "{}", {{"location", "Encounter/e-1"}});
        });
    }

    static RemoteDouble::Respond issues(const std::string& token, int lasts) {
        return [token, lasts](const Received&) {
            return support::json_reply(200, R"({"access_token":")" + token +
                                                R"(","token_type":"bearer","expires_in":)" +
                                                std::to_string(lasts) + "}");
        };
    }
    Answer send() { return tests::await(transport_->send(scope, creation)); }

    tests::FixedClock clock_;
    tests::NotedTelemetry telemetry_;
    const std::unique_ptr<application::Randomness> randomness_ = system::make_system_randomness();
    EVP_PKEY* const key_ = EVP_RSA_gen(2048);
    RemoteDouble issuer_{issues("good", 300)};
    const std::unique_ptr<FhirTransport> transport_ = make_http_fhir_transport(
        url_of(server_, "/fhir"),
        make_smart_tokens({.token_url = url_of(issuer_, "/token"),
                           .client_id = "vcare-1",
                           .key_id = "key-1",
                           .scope = "system/Encounter.crs",
                           .key = crypto::Rs384Key::parse_pem(tests::pem_of(key_)).value()},
                          *client_, clock_, *randomness_, telemetry_),
        *client_);
};

TEST_F(SmartTokensTest, asks_for_a_token_with_a_signed_assertion_and_shows_it) {
    EXPECT_EQ(send()->status, 201);

    const Received asked = issuer_.requests().at(0);
    EXPECT_EQ(asked.method, "POST");
    EXPECT_EQ(asked.headers.at("content-type"), "application/x-www-form-urlencoded");
    EXPECT_THAT(asked.body, HasSubstr("grant_type=client_credentials&scope=system%2FEncounter.crs&"));
    EXPECT_THAT(asked.body, HasSubstr("client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3A"
                                      "client-assertion-type%3Ajwt-bearer&"));
    const auto assertion = crypto::parse_compact_jws(asked.body.substr(asked.body.rfind('=') + 1)).value();
    const auto header = boost::json::parse(assertion.header);
    EXPECT_EQ(header.at("alg"), "RS384");
    EXPECT_EQ(header.at("kid"), "key-1");
    const auto claims = boost::json::parse(assertion.payload);
    EXPECT_EQ(claims.at("iss"), "vcare-1");
    EXPECT_EQ(claims.at("sub"), "vcare-1");
    EXPECT_EQ(claims.at("aud"), boost::json::string{issuer_.url() + "/token"});
    EXPECT_LE(claims.at("exp").as_int64() - domain::to_unix_ms(clock_.now()) / 1000, 300);
    EXPECT_EQ(claims.at("jti").as_string().size(), 26U);
    EXPECT_EQ(crypto::Rs384Key::parse_pem(tests::pem_of(key_))->sign(assertion.signing_input),
              assertion.signature);
}

TEST_F(SmartTokensTest, keeps_a_token_until_shortly_before_its_end) {
    EXPECT_EQ(send()->status, 201);
    clock_.advance(domain::seconds{269});
    EXPECT_EQ(send()->status, 201);
    EXPECT_EQ(issuer_.requests().size(), 1U);

    clock_.advance(domain::seconds{1});
    EXPECT_EQ(send()->status, 201);
    EXPECT_EQ(issuer_.requests().size(), 2U);
}

TEST_F(SmartTokensTest, gets_a_new_token_once_when_the_server_takes_it_no_more) {
    issuer_.respond(issues("revoked", 300));
    EXPECT_EQ(send()->status, 401);
    EXPECT_EQ(server_.requests().size(), 2U);
    EXPECT_EQ(issuer_.requests().size(), 2U);

    issuer_.respond(issues("good", 300));
    EXPECT_EQ(send()->status, 201);
}

TEST_F(SmartTokensTest, sends_nothing_without_a_token_and_says_so) {
    const std::string_view none = "no access token";
    for (const auto& [answered, reason] : std::vector<std::pair<Reply, std::string_view>>{
             {support::json_reply(400, R"({"error":"invalid_client"})"), "not_allowed"},
             {support::json_reply(404, "{}"), "not_found"},
             {support::json_reply(200, "[]"), none},
             {support::json_reply(200, R"({"access_token":"","token_type":"bearer"})"), none},
             {support::json_reply(200, R"({"access_token":"x","token_type":"mac"})"), none},
             {cut(support::json_reply(200, "{}"), 10, Then::close), "half_answer"}}) {
        issuer_.respond([reply = answered](const Received&) { return reply; });
        const auto answer = send();
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().reason, reason);
        EXPECT_EQ(telemetry_.events.back(), "fhir.no_access_token");
    }
    EXPECT_TRUE(server_.requests().empty());
}

}  // namespace
}  // namespace vcare::fhir
