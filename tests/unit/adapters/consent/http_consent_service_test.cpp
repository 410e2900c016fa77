// SPDX-License-Identifier: Apache-2.0
#include "adapters/consent/http_consent_service.hpp"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>

#include "adapters/system/system.hpp"
#include "application/tenant_authority.hpp"
#include "support/remote_double.hpp"
#include "unit/adapters/await.hpp"
#include "unit/adapters/fixed_clock.hpp"
#include "unit/adapters/noted_telemetry.hpp"

namespace vcare::consent {
namespace {

using domain::ConsentAnswer;
using domain::ConsentType;
using support::Received;
using support::RemoteDouble;
using support::Reply;
using testing::ElementsAre;
using Then = Reply::Then;

const auto scope = application::TenantAuthority::of_operator(domain::TenantId::parse("north").value());
const auto patient = domain::PatientId::parse("p:1").value();
const std::string granted =
    R"({"decision":"granted","consentId":"c-1","textVersion":"3","expiresAt":"2027-01-01T00:00:00Z"})";

domain::ConsentRecord a_record(domain::ConsentStatus status) {
    const auto at = domain::parse_rfc3339("2026-03-01T09:00:00Z").value();
    return {.id = domain::ConsentId::parse("cns_01HZY000000000000000000001").value(),
            .tenant = scope.tenant(),
            .patient = patient,
            .type = ConsentType::telehealth,
            .status = status,
            .granted_by = "p:1",
            .text_version = "3",
            .language = "en",
            .at = at};
}

class HttpConsentServiceTest : public testing::Test {
  protected:
    using Kept = application::ConsentService::Kept;

    HttpConsentServiceTest() { make({}); }

    void make(std::string token, bool takes_records = true) {
        dependency_ =
            std::make_shared<http_client::Dependency>("consent", clock_, telemetry_, consent_pauses);
        service_ =
            make_http_consent_service({.url = http_client::Url::parse(owner_.url() + "/consent/v1").value(),
                                       .token = std::move(token),
                                       .takes_records = takes_records},
                                      http_client::make_http_client({.max_body_bytes = 10'000}), dependency_,
                                      clock_, *randomness_, telemetry_);
    }
    void owner_says(Reply reply) {
        owner_.respond([reply = std::move(reply)](const Received&) { return reply; });
    }
    Result<ConsentAnswer> ask() {
        return tests::await(service_->decision(scope, patient, ConsentType::telehealth, {}));
    }
    void look() {
        boost::asio::io_context io;
        tests::await_on(io, service_->look(scope));
    }
    Result<ConsentAnswer> ask_when(const std::string& body) {
        owner_says(support::json_reply(200, body));
        return ask();
    }
    Result<Kept> bring(domain::ConsentStatus status) {
        return tests::await(service_->record(scope, a_record(status)));
    }
    template <class T>
    static bool is_closed(const Result<T>& result) {
        return !result && result.error().code == ErrorCode::consent_service_unavailable;
    }

    tests::FixedClock clock_;
    tests::NotedTelemetry telemetry_;
    const std::unique_ptr<application::Randomness> randomness_ = system::make_system_randomness();
    RemoteDouble owner_{[](const Received&) { return support::json_reply(200, granted); }};
    std::shared_ptr<http_client::Dependency> dependency_;
    std::unique_ptr<application::ConsentService> service_;
};

TEST_F(HttpConsentServiceTest, asks_about_one_patient_and_type) {
    make("secret-token");

    ASSERT_TRUE(ask());

    const Received asked = owner_.requests().at(0);
    EXPECT_EQ(asked.method, "GET");
    EXPECT_EQ(asked.target, "/consent/v1/consents/decision?tenantId=north&patientId=p%3A1&type=telehealth");
    EXPECT_EQ(asked.headers.at("authorization"), "Bearer secret-token");
    EXPECT_EQ(asked.headers.at("accept"), "application/json");
    EXPECT_EQ(asked.headers.at("x-request-id").size(), 26U);
}

TEST_F(HttpConsentServiceTest, shows_no_token_when_it_has_none) {
    ASSERT_TRUE(ask());

    EXPECT_FALSE(owner_.requests().at(0).headers.contains("authorization"));
}

TEST_F(HttpConsentServiceTest, passes_on_a_grant_with_what_it_rests_on) {
    const auto answer = ask();

    ASSERT_TRUE(answer);
    EXPECT_TRUE(answer->granted);
    EXPECT_EQ(answer->tenant, scope.tenant());
    EXPECT_EQ(answer->patient, patient);
    EXPECT_EQ(answer->type, ConsentType::telehealth);
    EXPECT_EQ(answer->text_version, "3");
    EXPECT_EQ(answer->expires_at, domain::parse_rfc3339("2027-01-01T00:00:00Z"));
}

TEST_F(HttpConsentServiceTest, passes_on_a_denial) {
    for (const char* body : {R"({"decision":"denied"})", R"({"decision":"denied","consentId":null})",
                             R"({"decision":"denied","consentId":"c-1","textVersion":"3"})"}) {
        const auto answer = ask_when(body);
        ASSERT_TRUE(answer) << body;
        EXPECT_FALSE(answer->granted) << body;
    }
}

TEST_F(HttpConsentServiceTest, takes_another_subject_over_for_the_gate_to_see) {
    const std::string rest = R"(,"decision":"granted","consentId":"c-1","textVersion":"3"})";

    EXPECT_EQ(ask_when(R"({"tenantId":"south")" + rest)->tenant.text(), "south");
    EXPECT_EQ(ask_when(R"({"patientId":"p:2")" + rest)->patient.text(), "p:2");
    EXPECT_EQ(ask_when(R"({"type":"recording")" + rest)->type, ConsentType::recording);
}

TEST_F(HttpConsentServiceTest, is_closed_by_every_answer_that_is_not_clear) {
    for (const char* body :
         {"",
          "granted",
          "null",
          "true",
          "[]",
          "{}",
          R"({"decision":null})",
          R"({"decision":true})",
          R"({"decision":"GRANTED","consentId":"c-1","textVersion":"3"})",
          R"({"decision":"perhaps","consentId":"c-1","textVersion":"3"})",
          R"({"decision":"granted"})",
          R"({"decision":"granted","consentId":"c-1"})",
          R"({"decision":"granted","textVersion":"3"})",
          R"({"decision":"granted","consentId":"","textVersion":"3"})",
          R"({"decision":"granted","consentId":1,"textVersion":"3"})",
          R"({"decision":"granted","consentId":"c-1","textVersion":3})",
          R"({"decision":"granted","consentId":"c-1","textVersion":"3","expiresAt":"soon"})",
          R"({"decision":"granted","consentId":"c-1","textVersion":"3","expiresAt":1})",
          R"({"decision":"granted","consentId":"c-1","textVersion":"3","type":"surgery"})",
          R"({"decision":"granted","consentId":"c-1","textVersion":"3","patientId":"a b"})",
          R"({"decision":"granted","consentId":"c-1","textVersion":"3","tenantId":7})",
          R"({"decision":"granted","consentId":"c-1","textVersion":"3")",
          R"({"decision":"granted","consentId":"c-1","textVersion":"3"} and more)"}) {
        EXPECT_TRUE(is_closed(ask_when(body))) << body;
    }
}

TEST_F(HttpConsentServiceTest, is_closed_by_every_status_but_200) {
    for (const int status :
         {201, 202, 204, 301, 302, 304, 400, 401, 403, 404, 409, 418, 422, 429, 500, 502, 503, 504}) {
        make({});
        owner_says(support::json_reply(status, granted));
        EXPECT_TRUE(is_closed(ask())) << status;
    }
}

TEST_F(HttpConsentServiceTest, is_closed_by_another_content_type) {
    for (const char* type : {"text/html", "text/plain", "application/json-seq"}) {
        owner_says(support::reply(200, granted, type));
        EXPECT_TRUE(is_closed(ask())) << type;
    }
    owner_says(support::reply(200, granted, "Application/JSON; charset=utf-8"));
    EXPECT_TRUE(ask());
}

TEST_F(HttpConsentServiceTest, is_closed_by_a_broken_connection_a_broken_answer_and_a_huge_one) {
    const Reply whole = support::json_reply(200, granted);
    for (const Reply& reply :
         {cut(whole, 0, Then::close), cut(whole, 0, Then::reset), cut(whole, 30, Then::close),
          cut(whole, whole.bytes.size() - 1, Then::close), Reply{.bytes = "SSH-2.0-x\r\n"},
          support::json_reply(200, granted + std::string(20'000, ' '))}) {
        make({});
        owner_says(reply);
        EXPECT_TRUE(is_closed(ask())) << reply.bytes.substr(0, 80);
    }
}

TEST_F(HttpConsentServiceTest, is_closed_within_its_two_seconds_when_the_answer_is_slow) {
    const Reply whole = support::json_reply(200, granted);
    for (const Reply& reply : {support::silence(), cut(whole, whole.bytes.size() - 1, Then::stall)}) {
        owner_says(reply);
        const auto before = std::chrono::steady_clock::now();
        EXPECT_TRUE(is_closed(ask()));
        const auto took = std::chrono::steady_clock::now() - before;
        EXPECT_GE(took, std::chrono::milliseconds{1'900});
        EXPECT_LT(took, std::chrono::seconds{10});
    }
}

TEST_F(HttpConsentServiceTest, is_closed_while_nobody_listens_and_opens_when_the_owner_is_back) {
    owner_.stop();
    EXPECT_TRUE(is_closed(ask()));

    owner_.start();
    EXPECT_TRUE(ask());
}

TEST_F(HttpConsentServiceTest, leaves_a_failing_owner_alone_for_a_while) {
    owner_says(support::json_reply(503, "{}"));
    for (unsigned i = 0; i < http_client::CircuitBreaker::failures_to_open; ++i)
        EXPECT_TRUE(is_closed(ask()));
    const auto asked = owner_.requests().size();

    const auto refused = ask();
    EXPECT_TRUE(is_closed(refused));
    EXPECT_EQ(refused.error().retry_after, domain::seconds{1});
    EXPECT_EQ(owner_.requests().size(), asked);

    clock_.advance(domain::seconds{1});
    owner_says(support::json_reply(200, granted));
    EXPECT_TRUE(ask());
    EXPECT_THAT(telemetry_.events,
                testing::IsSupersetOf({"consent.circuit_opened", "consent.circuit_closed"}));
}

TEST_F(HttpConsentServiceTest, goes_on_asking_an_owner_that_refuses_single_questions) {
    owner_says(support::json_reply(404, "{}"));
    for (unsigned i = 0; i <= http_client::CircuitBreaker::failures_to_open; ++i)
        EXPECT_TRUE(is_closed(ask()));

    EXPECT_TRUE(ask_when(granted));
}

TEST_F(HttpConsentServiceTest, brings_a_grant_and_its_withdrawal_under_keys_of_their_own) {
    owner_says(support::json_reply(201, "{}"));
    EXPECT_EQ(bring(domain::ConsentStatus::granted), Kept::by_owner);
    EXPECT_EQ(bring(domain::ConsentStatus::withdrawn), Kept::by_owner);

    const Received grant = owner_.requests().at(0);
    EXPECT_EQ(grant.method, "POST");
    EXPECT_EQ(grant.target, "/consent/v1/consents");
    EXPECT_EQ(grant.headers.at("idempotency-key"), "cns_01HZY000000000000000000001");
    EXPECT_EQ(grant.headers.at("content-type"), "application/json");
    const auto body = boost::json::parse(grant.body);
    EXPECT_EQ(body.at("patientId"), "p:1");
    EXPECT_EQ(body.at("status"), "granted");
    EXPECT_EQ(owner_.requests().at(1).headers.at("idempotency-key"),
              "cns_01HZY000000000000000000001.withdrawn");
}

TEST_F(HttpConsentServiceTest, says_that_a_record_was_not_taken_when_that_is_not_sure) {
    const Reply taken = support::json_reply(201, "{}");
    for (const Reply& reply :
         {support::json_reply(301, "{}"), support::json_reply(400, "{}"), support::json_reply(401, "{}"),
          support::json_reply(409, "{}"), support::json_reply(500, "{}"), cut(taken, 20, Then::close),
          cut(taken, 0, Then::reset)}) {
        make({});
        owner_says(reply);
        EXPECT_TRUE(is_closed(bring(domain::ConsentStatus::granted))) << reply.bytes;
    }
}

TEST_F(HttpConsentServiceTest, brings_no_record_where_none_is_taken) {
    make({}, false);

    EXPECT_TRUE(is_closed(bring(domain::ConsentStatus::granted)));
    EXPECT_TRUE(owner_.requests().empty());
}

TEST_F(HttpConsentServiceTest, has_brought_a_withdrawal_where_none_is_taken_once_it_is_denied_there) {
    make({}, false);

    owner_says(support::json_reply(200, R"({"decision":"granted","consentId":"c-1","textVersion":"3"})"));
    EXPECT_TRUE(is_closed(bring(domain::ConsentStatus::withdrawn)));
    owner_says(support::json_reply(500, "{}"));
    EXPECT_TRUE(is_closed(bring(domain::ConsentStatus::withdrawn)));
    owner_says(support::json_reply(200, R"({"decision":"denied"})"));
    EXPECT_EQ(bring(domain::ConsentStatus::withdrawn), Kept::by_owner);
}

TEST_F(HttpConsentServiceTest,
       is_not_up_while_the_credential_or_the_path_is_refused_and_is_asked_all_the_same) {
    const auto health = [&] {
        const auto last = dependency_->health();
        return last ? (last->works ? "up " : "not up ") + last->result : std::string{};
    };
    for (const auto& [status, after_a_look] :
         {std::pair{401, "not up not_allowed"}, std::pair{403, "not up not_allowed"},
          std::pair{404, "not up not_found"}, std::pair{400, "up client_error"}}) {
        owner_says(support::json_reply(status, "{}"));
        for (int i = 0; i < 6; ++i) look();
        EXPECT_EQ(health(), after_a_look);
        EXPECT_FALSE(dependency_->ask()) << "the circuit is closed";
    }
    for (const auto& [status, after_a_question] :
         {std::pair{401, "not up not_allowed"}, std::pair{403, "up not_allowed"},
          std::pair{404, "up not_found"}}) {
        owner_says(support::json_reply(status, "{}"));
        EXPECT_TRUE(is_closed(ask()));
        EXPECT_EQ(health(), after_a_question) << "it may concern this patient only";
    }
    EXPECT_TRUE(ask_when(granted)->granted);
    EXPECT_EQ(health(), "up success");
}

TEST_F(HttpConsentServiceTest, tells_operators_that_it_is_not_let_in) {
    owner_says(support::json_reply(401, "{}"));
    EXPECT_TRUE(is_closed(ask()));

    EXPECT_THAT(telemetry_.events, ElementsAre("consent.not_allowed", "consent.not_understood"));
}

}  // namespace
}  // namespace vcare::consent
