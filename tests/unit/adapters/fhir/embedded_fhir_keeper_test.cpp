// SPDX-License-Identifier: Apache-2.0
#include "adapters/fhir/embedded_fhir_keeper.hpp"

#include <map>

#include <gmock/gmock.h>

#include "adapters/fhir/encounter_check.hpp"
#include "adapters/fhir/encounter_codec.hpp"
#include "adapters/fhir/fhir_gateway.hpp"
#include "adapters/system/system.hpp"
#include "application/tenant_authority.hpp"
#include "support/builders/encounter_builder.hpp"
#include "unit/adapters/await.hpp"
#include "unit/adapters/fixed_clock.hpp"
#include "unit/adapters/noted_telemetry.hpp"

namespace vcare::fhir {
namespace {

using application::EncounterKeeper;
using application::EncounterLater;
using application::EncounterWritten;
using domain::Role;
using testing::ElementsAre;
using testing::HasSubstr;
using tests::an_encounter;
using tests::await;

domain::TenantScope scope_of(std::string_view tenant) {
    return application::TenantAuthority::of_operator(domain::TenantId::parse(tenant).value());
}

/// What the store promises, in memory.
class MemoryKeeper final : public EncounterKeeper {
  public:
    Task<Result<Kept>> keep(domain::TenantScope scope, std::string identifier, std::string new_id,
                            std::string json) override {
        if (is_away) co_return domain::refuse(ErrorCode::store_unavailable);
        const auto [found, created] = ids_.try_emplace({scope.tenant().text(), identifier}, new_id);
        if (created) resources_.emplace(std::pair{scope.tenant().text(), new_id}, json);
        co_return Kept{.id = found->second, .created = created};
    }
    Task<Result<std::optional<std::string>>> read(domain::TenantScope scope, std::string id) override {
        if (is_away) co_return domain::refuse(ErrorCode::store_unavailable);
        const auto found = resources_.find({scope.tenant().text(), id});
        if (found == resources_.end()) co_return std::optional<std::string>{};
        co_return found->second;
    }
    bool is_away = false;

  private:
    std::map<std::pair<std::string, std::string>, std::string> ids_;
    std::map<std::pair<std::string, std::string>, std::string> resources_;
};

class EmbeddedFhirKeeperTest : public testing::Test {
  protected:
    FhirResponse send(FhirRequest request, std::string_view tenant = "hill") {
        return await(transport_->send(scope_of(tenant), std::move(request))).value();
    }
    FhirResponse post(std::string body) {
        return send({.method = "POST", .path = "Encounter", .headers = headers_, .body = std::move(body)});
    }
    static std::string an_encounter_json() {
        return write_encounter(an_encounter().with(Role::provider, "usr-1", "").build(),
                               "urn:vcare:virtual-session");
    }
    static std::string replaced(std::string_view what, std::string_view instead) {
        std::string json = an_encounter_json();
        return json.replace(json.find(what), what.size(), instead);
    }

    tests::FixedClock clock_;
    MemoryKeeper keeper_;
    const std::unique_ptr<application::Randomness> randomness_ = system::make_system_randomness();
    std::unique_ptr<FhirTransport> transport_ = make_embedded_fhir_keeper(keeper_, clock_, *randomness_);
    FhirHeaders headers_ = {
        {"content-type", "application/fhir+json"},
        {"if-none-exist", "identifier=urn:vcare:virtual-session|vsn_01HZY000000000000000000001"}};
};

TEST_F(EmbeddedFhirKeeperTest, keeps_an_encounter_once_and_finds_it_at_a_repeat) {
    const auto first = post(an_encounter_json());
    const auto second = post(an_encounter_json());

    EXPECT_EQ(first.status, 201);
    EXPECT_EQ(second.status, 200);
    EXPECT_EQ(first.headers.at("location"), second.headers.at("location"));
    EXPECT_THAT(first.headers.at("location"), testing::MatchesRegex("Encounter/[0-9A-Z]{26}/_history/1"));
    EXPECT_TRUE(first.body.empty());
}

TEST_F(EmbeddedFhirKeeperTest, shows_what_it_keeps_with_id_and_version_to_its_tenant_alone) {
    const std::string location = post(an_encounter_json()).headers.at("location");
    const std::string path = location.substr(0, location.find("/_history"));

    const auto mine = send({.method = "GET", .path = path});

    EXPECT_EQ(mine.status, 200);
    EXPECT_THAT(mine.body, HasSubstr("\"id\":\"" + path.substr(10) + '"'));
    EXPECT_THAT(mine.body, HasSubstr(R"("versionId":"1","lastUpdated":"2026-03-01T09:30:00.000Z")"));
    EXPECT_THAT(mine.body, HasSubstr(R"("tag":[{"system":"urn:vcare:session-mode")"));
    EXPECT_EQ(send({.method = "GET", .path = path}, "lake").status, 404);
}

TEST_F(EmbeddedFhirKeeperTest, refuses_to_write_without_the_condition_that_makes_a_repeat_harmless) {
    headers_.erase("if-none-exist");
    EXPECT_EQ(post(an_encounter_json()).status, 400);

    headers_["if-none-exist"] = "identifier=urn:vcare:virtual-session|another";
    EXPECT_EQ(post(an_encounter_json()).status, 400);
}

TEST_F(EmbeddedFhirKeeperTest, says_what_it_does_not_do) {
    EXPECT_EQ(send({.method = "DELETE", .path = "Encounter/1"}).status, 404);
    EXPECT_EQ(send({.method = "POST", .path = "Patient"}).status, 404);
    headers_["content-type"] = "text/plain";
    EXPECT_EQ(post(an_encounter_json()).status, 415);
}

TEST_F(EmbeddedFhirKeeperTest, asks_to_try_again_when_the_store_is_away) {
    keeper_.is_away = true;

    const auto answer = post(an_encounter_json());

    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.headers.at("retry-after"), "5");
    EXPECT_EQ(send({.method = "GET", .path = "Encounter/x"}).status, 503);
}

TEST_F(EmbeddedFhirKeeperTest, takes_every_kind_of_visit_the_codec_writes) {
    for (const auto& builder :
         {an_encounter(), an_encounter().still_going_on(),
          an_encounter().with(Role::interpreter, "", "Farid").with(Role::observer, "", "Maryam"),
          an_encounter().for_appointment("a").at("n").because_of("Cough").ending_in(domain::Mode::phone)}) {
        const std::string json = write_encounter(builder.build(), "urn:vcare:virtual-session");
        EXPECT_THAT(issues_of_encounter(json), testing::IsEmpty()) << json;
    }
}

TEST_F(EmbeddedFhirKeeperTest, says_where_an_encounter_is_wrong) {
    struct Wrong {
        std::string json;
        Issue issue;
    };
    for (const auto& [json, issue] : std::vector<Wrong>{
             {"nonsense", {"invalid", "Encounter"}},
             {"[]", {"structure", "Encounter"}},
             {replaced("\"Encounter\"", "\"Patient\""), {"code-invalid", "Encounter.resourceType"}},
             {replaced("finished", "over"), {"code-invalid", "Encounter.status"}},
             {replaced(R"("status":"finished",)", ""), {"required", "Encounter.status"}},
             {replaced(R"("code":"VR")", R"("code":"AMB")"), {"code-invalid", "Encounter.class.code"}},
             {replaced("{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActCode\"",
                       "{\"system\":\"v3\""),
              {"value", "Encounter.class.system"}},
             {replaced("Patient/pat-1", "Person/pat-1"), {"value", "Encounter.subject.reference"}},
             {replaced("Patient/pat-1", "Patient/"), {"value", "Encounter.subject.reference"}},
             {replaced("2026-03-01T09:30:00.000Z", "yesterday"), {"value", "Encounter.period.start"}},
             {replaced("2026-03-01T10:00:00.000Z", "2026-03-01T09:00:00.000Z"),
              {"invariant", "Encounter.period"}},
             {replaced(R"("identifier":[)", R"("identifier":[1,)"), {"structure", "Encounter.identifier[0]"}},
             {replaced(R"("length":{"value":30)", R"("length":{"value":"30")"),
              {"value", "Encounter.length.value"}},
             {replaced(R"("code":"min")", R"("code":"h")"), {"code-invalid", "Encounter.length.code"}},
             {replaced("ATND", "XYZ"), {"code-invalid", "Encounter.participant[0].type[0].coding[0].code"}},
             {replaced(R"("individual":{)", R"("individual":{"name":"x",)"),
              {"structure", "Encounter.participant[0].individual.name"}},
             {replaced(R"("status")", R"("text":{},"status")"), {"structure", "Encounter.text"}}}) {
        EXPECT_THAT(issues_of_encounter(json), ElementsAre(issue)) << json;
        EXPECT_EQ(post(json).status, 400);
    }
}

TEST_F(EmbeddedFhirKeeperTest, answers_a_refusal_with_an_outcome_that_repeats_no_value) {
    const auto answer = post(replaced("Patient/pat-1", "Zahra"));

    EXPECT_EQ(answer.body,
              R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"value",)"
              R"("expression":["Encounter.subject.reference"]}]})");
}

TEST_F(EmbeddedFhirKeeperTest, is_paid_by_the_same_gateway_as_any_other_record) {
    tests::NotedTelemetry telemetry;
    const auto gateway =
        make_fhir_gateway(std::move(transport_), "https://clinic.example/visits?of=all",
                          std::make_shared<http_client::Dependency>("fhir", clock_, telemetry), clock_,
                          *randomness_, telemetry);

    const auto first = await(gateway->create_encounter(scope_of("hill"), an_encounter().build()));
    const auto second = await(gateway->create_encounter(scope_of("hill"), an_encounter().build()));
    keeper_.is_away = true;
    const auto third = await(gateway->create_encounter(scope_of("hill"), an_encounter().build()));

    EXPECT_EQ(std::get<EncounterWritten>(first).encounter_id,
              std::get<EncounterWritten>(second).encounter_id);
    EXPECT_EQ(std::get<EncounterLater>(third).retry_after, domain::seconds{5});
}

}  // namespace
}  // namespace vcare::fhir
