// SPDX-License-Identifier: Apache-2.0
#include "adapters/fhir/fhir_gateway.hpp"

#include <deque>

#include <gmock/gmock.h>

#include "adapters/system/system.hpp"
#include "application/tenant_authority.hpp"
#include "support/builders/encounter_builder.hpp"
#include "unit/adapters/await.hpp"
#include "unit/adapters/fixed_clock.hpp"
#include "unit/adapters/noted_telemetry.hpp"

namespace vcare::fhir {
namespace {

using application::EncounterLater;
using application::EncounterOutcome;
using application::EncounterRefused;
using application::EncounterWritten;
using application::Metric;
using testing::ElementsAre;

using Answer = std::expected<FhirResponse, NoAnswer>;

const auto scope = application::TenantAuthority::of_operator(domain::TenantId::parse("hill").value());

/// Answers as the test says, in order, and keeps what it was sent.
class ScriptedTransport final : public FhirTransport {
  public:
    Task<Answer> send(domain::TenantScope, FhirRequest request) override {
        requests.push_back(std::move(request));
        Answer answer = answers.front();
        if (answers.size() > 1) answers.pop_front();
        co_return answer;
    }
    std::deque<Answer> answers;
    std::vector<FhirRequest> requests;
};

class FhirGatewayTest : public testing::Test {
  protected:
    EncounterOutcome create() {
        return tests::await(gateway_->create_encounter(scope, tests::an_encounter().build()));
    }
    EncounterOutcome create_when(FhirResponse answer) {
        transport_->answers = {std::move(answer)};
        return create();
    }

    tests::FixedClock clock_;
    tests::NotedTelemetry telemetry_;
    const std::unique_ptr<application::Randomness> randomness_ = system::make_system_randomness();
    ScriptedTransport* transport_ = new ScriptedTransport;  // owned by the gateway
    const std::unique_ptr<application::FhirGateway> gateway_ =
        make_fhir_gateway(std::unique_ptr<FhirTransport>{transport_}, "urn:vcare:virtual-session",
                          std::make_shared<http_client::Dependency>("fhir", clock_, telemetry_), clock_,
                          *randomness_, telemetry_);
};

TEST_F(FhirGatewayTest, asks_for_a_conditional_create) {
    static_cast<void>(create_when({.status = 201, .headers = {{"location", "Encounter/e-1"}}}));

    ASSERT_EQ(transport_->requests.size(), 1U);
    const FhirRequest& request = transport_->requests.front();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.path, "Encounter");
    EXPECT_EQ(request.headers.at("content-type"), "application/fhir+json");
    EXPECT_EQ(request.headers.at("if-none-exist"),
              "identifier=urn:vcare:virtual-session|vsn_01HZY000000000000000000001");
    EXPECT_EQ(request.headers.at("prefer"), "return=minimal");
    EXPECT_EQ(request.headers.at("x-request-id").size(), 26U);
    EXPECT_THAT(request.body, testing::StartsWith(R"({"resourceType":"Encounter")"));
}

TEST_F(FhirGatewayTest, is_done_when_it_was_written_now_or_by_an_earlier_try) {
    for (const int status : {201, 200}) {
        const auto outcome = create_when(
            {.status = status, .headers = {{"location", "https://fhir.example/Encounter/e-1/_history/1"}}});
        EXPECT_EQ(std::get<EncounterWritten>(outcome).encounter_id, "e-1") << status;
    }
}

TEST_F(FhirGatewayTest, takes_the_id_from_the_body_when_there_is_no_location) {
    const auto outcome = create_when({.status = 200, .body = R"({"resourceType":"Encounter","id":"e-2"})"});

    EXPECT_EQ(std::get<EncounterWritten>(outcome).encounter_id, "e-2");
}

TEST_F(FhirGatewayTest, searches_for_the_id_when_the_answer_has_none) {
    transport_->answers = {
        FhirResponse{.status = 200},
        FhirResponse{
            .status = 200,
            .body =
                R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Encounter","id":"e-3"}}]})"}};

    EXPECT_EQ(std::get<EncounterWritten>(create()).encounter_id, "e-3");
    EXPECT_EQ(transport_->requests.at(1).method, "GET");
    EXPECT_EQ(transport_->requests.at(1).path,
              "Encounter?identifier=urn:vcare:virtual-session%7Cvsn_01HZY000000000000000000001");
}

TEST_F(FhirGatewayTest, tries_again_when_the_search_finds_nothing) {
    transport_->answers = {FhirResponse{.status = 201},
                           FhirResponse{.status = 200, .body = R"({"resourceType":"Bundle"})"}};

    EXPECT_EQ(std::get<EncounterLater>(create()).reason, "no id in the answer");
}

TEST_F(FhirGatewayTest, gives_up_with_both_ids_when_more_than_one_is_there) {
    transport_->answers = {FhirResponse{.status = 412},
                           FhirResponse{.status = 200,
                                        .body = R"({"resourceType":"Bundle","entry":[)"
                                                R"({"resource":{"resourceType":"Encounter","id":"e-1"}},)"
                                                R"({"resource":{"resourceType":"Encounter","id":"e-2"}}]})"}};

    const auto refused = std::get<EncounterRefused>(create());

    EXPECT_EQ(refused.reason, "duplicate");
    EXPECT_THAT(refused.codes, ElementsAre("e-1", "e-2"));
}

TEST_F(FhirGatewayTest, tries_again_when_the_ids_of_what_is_there_twice_cannot_be_found) {
    const std::string one_of_them =
        R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Encounter","id":"e-1"}}]})";
    const std::vector<Answer> searches = {std::unexpected{NoAnswer{"timeout"}}, FhirResponse{.status = 503},
                                          FhirResponse{.status = 200, .body = R"({"resourceType":"Bundle"})"},
                                          FhirResponse{.status = 200, .body = one_of_them}};
    for (const Answer& found : searches) {
        transport_->answers = {FhirResponse{.status = 412}, found};

        EXPECT_EQ(std::get<EncounterLater>(create()).reason, "duplicate, ids not found");
    }
}

TEST_F(FhirGatewayTest, gives_up_with_the_codes_of_the_outcome_when_the_content_is_refused) {
    for (const int status : {400, 422}) {
        const auto refused = std::get<EncounterRefused>(create_when(
            {.status = status,
             .body =
                 R"({"resourceType":"OperationOutcome","issue":[{"code":"invariant","diagnostics":"Zahra"}]})"}));
        EXPECT_EQ(refused.reason, "content") << status;
        EXPECT_THAT(refused.codes, ElementsAre("invariant")) << status;
    }
}

TEST_F(FhirGatewayTest, tries_again_after_every_other_answer) {
    for (const int status : {302, 401, 403, 404, 408, 409, 429, 500, 502, 503, 504}) {
        const auto later = std::get<EncounterLater>(create_when({.status = status}));
        EXPECT_EQ(later.reason, "status " + std::to_string(status));
        EXPECT_FALSE(later.retry_after);
        static_cast<void>(create_when({.status = 201, .headers = {{"location", "Encounter/e-1"}}}));
    }
}

TEST_F(FhirGatewayTest, tries_again_when_asked_to) {
    const auto later =
        std::get<EncounterLater>(create_when({.status = 503, .headers = {{"retry-after", "17"}}}));

    EXPECT_EQ(later.retry_after, domain::seconds{17});
}

TEST_F(FhirGatewayTest, tries_again_after_half_an_answer_or_a_page_of_a_proxy) {
    for (const std::string_view body : {R"({"resourceType":"Enc)", "<html>Sign in</html>"}) {
        const auto outcome = create_when(
            {.status = 201, .headers = {{"location", "Encounter/e-1"}}, .body = std::string{body}});
        EXPECT_EQ(std::get<EncounterLater>(outcome).reason, "not JSON");
    }
}

TEST_F(FhirGatewayTest, tries_again_when_there_was_no_answer) {
    transport_->answers = {std::unexpected{NoAnswer{"timeout"}}};

    EXPECT_EQ(std::get<EncounterLater>(create()).reason, "timeout");
}

TEST_F(FhirGatewayTest, leaves_a_failing_server_alone_and_finds_out_with_one_probe) {
    transport_->answers = {FhirResponse{.status = 500}};
    for (int i = 0; i < 5; ++i) static_cast<void>(create());
    ASSERT_EQ(transport_->requests.size(), 5U);

    const auto later = std::get<EncounterLater>(create());
    EXPECT_EQ(later.reason, "circuit open");
    EXPECT_EQ(later.retry_after, domain::seconds{5});
    EXPECT_EQ(transport_->requests.size(), 5U) << "nothing is sent";
    EXPECT_EQ(telemetry_.gauges.at(Metric::circuit_state), 1);

    clock_.advance(domain::seconds{5});
    transport_->answers = {FhirResponse{.status = 201, .headers = {{"location", "Encounter/e-1"}}}};
    EXPECT_TRUE(std::holds_alternative<EncounterWritten>(create()));
    EXPECT_TRUE(std::holds_alternative<EncounterWritten>(create()));
    EXPECT_EQ(telemetry_.gauges.at(Metric::circuit_state), 0);
    EXPECT_THAT(telemetry_.events, ElementsAre("fhir.circuit_opened", "fhir.circuit_closed"));
}

TEST_F(FhirGatewayTest, does_not_take_a_refusal_for_an_outage) {
    transport_->answers = {FhirResponse{.status = 422}};
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(std::holds_alternative<EncounterRefused>(create()));
}

TEST_F(FhirGatewayTest, tells_the_operator_when_it_is_not_allowed) {
    static_cast<void>(create_when({.status = 401}));

    EXPECT_THAT(telemetry_.events, ElementsAre("fhir.not_allowed"));
    EXPECT_EQ(telemetry_.gauges.at(Metric::dependency_up), 0);
}

}  // namespace
}  // namespace vcare::fhir
