// SPDX-License-Identifier: Apache-2.0
// A tenant's configuration over HTTP, and what it makes of a visit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/demo_fixture.hpp"

namespace vcare::support {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string api{base_path};
const std::string config_path = api + "/config";

class Configured : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        folder_ = new TempFolder;
        DemoOptions options;
        options.environment.emplace("VCARE_BRANDING_LOGO_HOSTS", "cdn.clinic.example,logos.example:8443");
        demo_ = new Demo{folder_->path() / "demo", std::move(options)};
    }
    static void TearDownTestSuite() {
        EXPECT_EQ(demo_->terminate(), 0);
        delete demo_;
        delete folder_;
    }

    /// Somebody of a clinic that each test has for itself.
    Headers of(const std::string& role) const {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        const std::string tenant = "clinic-" + std::to_string(std::hash<std::string>{}(test->name()));
        return demo_->token(tenant, role, {role});
    }
    HttpResponse put(const boost::json::object& document, const Headers& who) {
        const std::string tag = client_.get(config_path, who).header("ETag");
        return client_.put(config_path, document, with(who, "If-Match", tag));
    }
    HttpResponse put(std::string_view document) { return put(json(document).as_object(), admin_); }

    HttpClient client_ = demo_->client();
    Headers admin_ = of("tenant_admin");

    static inline Demo* demo_ = nullptr;

  private:
    static inline TempFolder* folder_ = nullptr;
};

TEST_F(Configured, of_a_new_tenant_is_what_the_contract_says) {
    const std::vector<std::pair<std::string, std::string>> defaults = {
        {"/version", "1"},
        {"/abandonAfterMinutes", "10"},
        {"/graceReconnectSeconds", "60"},
        {"/joinWindowBeforeMinutes", "15"},
        {"/joinWindowAfterMinutes", "30"},
        {"/joinTokenTtlMinutes", ""},
        {"/maxParticipants", "6"},
        {"/recordingAllowed", "false"},
        {"/onWithdrawal", "delete"},
        {"/telehealthConsentAt", "create"},
        {"/defaultDurationMinutes", "30"},
        {"/interpreterBypassesWaitingRoom", "false"},
        {"/whereaboutsRequired", "false"},
        {"/fallback/audioOnlyBelowKbps", "1.5E2"},
        {"/fallback/asyncBelowKbps", "2.4E1"},
        {"/fallback/lossPct", "1.5E1"},
        {"/fallback/holdSeconds", "10"},
        {"/reminders/0/minutesBefore", "1440"},
        {"/reminders/1/minutesBefore", "10"},
        {"/reminders/2", ""},
        {"/videoBackends/0", "embedded"},
        {"/encounterType", ""},
        {"/encounterReasonAllowed", "false"},
        {"/consentTexts/0", ""},
    };

    const auto config = client_.get(config_path, admin_);

    ASSERT_EQ(config.status, 200) << config.body;
    for (const auto& [pointer, value] : defaults) EXPECT_EQ(config.at(pointer), value) << pointer;
}

TEST_F(Configured, is_replaced_whole_so_that_what_is_absent_is_its_default) {
    ASSERT_EQ(put(R"({"maxParticipants": 3, "whereaboutsRequired": true})").status, 200);

    const auto replaced = put(R"({"whereaboutsRequired": true})");

    ASSERT_EQ(replaced.status, 200) << replaced.body;
    EXPECT_EQ(replaced.at("/maxParticipants"), "6");
    EXPECT_EQ(replaced.at("/whereaboutsRequired"), "true");
    EXPECT_EQ(replaced.at("/version"), "3");
    EXPECT_EQ(replaced.header("ETag"), "\"3\"");
}

TEST_F(Configured, takes_back_the_document_it_gave) {
    const auto given = client_.get(config_path, admin_);
    const auto taken = put(given.json().as_object(), admin_);
    ASSERT_EQ(taken.status, 200) << taken.body;
    EXPECT_EQ(taken.at("/id"), given.at("/id")) << "what the server owns may be echoed and stays";
}

TEST_F(Configured, is_replaced_only_by_who_says_which_version_they_saw) {
    const auto without = client_.put(config_path, {}, admin_);
    EXPECT_EQ(without.status, 400);
    EXPECT_EQ(without.at("/errors/0/pointer"), "/version");

    ASSERT_EQ(put("{}").status, 200);
    const auto stale = client_.put(config_path, {}, with(admin_, "If-Match", "\"1\""));
    EXPECT_EQ(stale.status, 409);
    EXPECT_EQ(stale.code(), "OPTIMISTIC_LOCK_CONFLICT");
    EXPECT_EQ(stale.at("/currentVersion"), "2");
    EXPECT_EQ(client_.get(config_path, admin_).at("/version"), "2") << "nothing was written";
}

TEST_F(Configured, is_refused_with_the_place_of_what_cannot_be) {
    struct Wrong {
        std::string document;
        std::string pointer;
    };
    const std::vector<Wrong> wrong = {
        {R"({"maxParticipant": 4})", "/maxParticipant"},
        {R"({"fallback": {"hold": 4}})", "/fallback/hold"},
        {R"({"maxParticipants": 21})", "/maxParticipants"},
        {R"({"joinTokenTtlMinutes": 1441})", "/joinTokenTtlMinutes"},
        {R"({"defaultDurationMinutes": 4})", "/defaultDurationMinutes"},
        {R"({"fallback": {"holdSeconds": 4}})", "/fallback/holdSeconds"},
        {R"({"fallback": {"asyncBelowKbps": 151}})", "/fallback/asyncBelowKbps"},
        {R"({"retentionDays": 400, "auditRetentionDays": 365})", "/auditRetentionDays"},
        {R"({"encounterType": {"code": "1"}})", "/encounterType/system"},
        {R"({"encounterType": {"system": "snomed", "code": "1"}})", "/encounterType/system"},
        {R"({"branding": {"logoUrl": "http://cdn.clinic.example/a.png"}})", "/branding/logoUrl"},
        {R"({"branding": {"logoUrl": "https://evil.example/a.png"}})", "/branding/logoUrl"},
        {R"({"branding": {"logoUrl": "https://cdn.clinic.example@evil.example/"}})", "/branding/logoUrl"},
    };
    for (const auto& [document, pointer] : wrong) {
        const auto refused = put(document);
        EXPECT_EQ(refused.status, 400) << document;
        EXPECT_EQ(refused.at("/errors/0/pointer"), pointer) << document;
        EXPECT_FALSE(refused.at("/errors/0/message").empty()) << document;
    }
    EXPECT_EQ(client_.get(config_path, admin_).at("/version"), "1") << "nothing was written";
}

TEST_F(Configured, is_a_named_tenants_for_a_platform_admin_alone) {
    const Headers platform = demo_->token("platform", "operator-1", {"platform_admin"});
    const auto nameless = client_.get(config_path, platform);
    EXPECT_EQ(nameless.status, 400);
    EXPECT_EQ(nameless.at("/errors/0/pointer"), "/tenantId");
    EXPECT_EQ(client_.put(config_path, {}, with(platform, "If-Match", "\"1\"")).status, 400);

    const std::string named = config_path + "?tenantId=" + demo_->tenant();
    const auto config = client_.get(named, platform);
    ASSERT_EQ(config.status, 200) << config.body;
    EXPECT_EQ(config.at("/tenantId"), demo_->tenant());
    const auto tag = with(platform, "If-Match", config.header("ETag"));
    EXPECT_EQ(client_.put(named, config.json().as_object(), tag).status, 200);
    EXPECT_EQ(client_.get(config_path + "?tenantId=nobody", platform).status, 404);

    EXPECT_EQ(client_.get(named, admin_).status, 403);
    EXPECT_EQ(client_.put(named, {}, with(admin_, "If-Match", "\"1\"")).status, 403);
}

TEST_F(Configured, shows_a_logo_of_an_allowed_host_and_lets_browsers_load_it) {
    const auto configured =
        put(R"({"branding": {"displayName": "Hill", "logoUrl": "https://cdn.clinic.example/a.png"}})");
    ASSERT_EQ(configured.status, 200) << configured.body;
    const std::string policy = client_.get("/v/").header("Content-Security-Policy");
    EXPECT_THAT(policy,
                HasSubstr("img-src 'self' data: https://cdn.clinic.example https://logos.example:8443;"));
    EXPECT_THAT(policy, Not(HasSubstr(" https:;")));
}

TEST_F(Configured, tells_anybody_the_branding_and_the_languages_and_nothing_else) {
    ASSERT_EQ(put(R"({"branding": {"displayName": "Hill"}, "languages": ["fa-AF"]})").status, 200);
    const std::string tenant = client_.get(config_path, admin_).at("/tenantId");

    const auto seen = client_.get(config_path + "/public?tenant=" + tenant);

    ASSERT_EQ(seen.status, 200) << seen.body;
    EXPECT_EQ(seen.at("/branding/displayName"), "Hill");
    EXPECT_EQ(seen.at("/languages/0"), "fa-AF");
    EXPECT_EQ(seen.json().as_object().size(), 2U);
    EXPECT_EQ(client_.get(config_path + "/public?tenant=nobody").status, 404);
}

TEST_F(Configured, asks_for_whereabouts_where_the_clinic_wants_them) {
    const Headers doctor = of("clinician");
    const auto preview = [&](const std::string& patient) {
        give_consent(client_, doctor, patient);
        const BookedVisit visit = book(client_, doctor, patient);
        const std::string code = link_code(client_, doctor, visit.session, visit.patient);
        return client_.post(api + "/visit/preview", {{"token", code}}).at("/whereaboutsRequired");
    };
    EXPECT_EQ(preview("patient-anywhere"), "false");
    ASSERT_EQ(put(R"({"whereaboutsRequired": true})").status, 200);
    EXPECT_EQ(preview("patient-somewhere"), "true");
}

TEST_F(Configured, says_what_the_record_gets_of_a_visit) {
    const Headers doctor = of("clinician");
    give_consent(client_, doctor, "patient-typed");
    const BookedVisit visit = book(client_, doctor, "patient-typed", R"({"reasonForVisit": "Cough"})");
    const std::string session = api + "/sessions/" + visit.session;
    ASSERT_EQ(join(client_, link_code(client_, doctor, visit.session, visit.patient)).status, 200);
    ASSERT_EQ(
        client_.post(session + "/participants/" + visit.provider + "/join", boost::json::object{}, doctor)
            .status,
        200);
    const auto admitted = client_.post(session + "/participants/" + visit.patient + "/admit",
                                       {{"version", version_of(client_, doctor, visit.session)}}, doctor);
    ASSERT_EQ(admitted.status, 200) << admitted.body;

    const auto plain = client_.get(session + "/fhir", doctor);
    EXPECT_EQ(plain.at("/type"), "");
    EXPECT_EQ(plain.at("/reasonCode"), "") << "a reason is private unless the clinic says otherwise";

    ASSERT_EQ(put(R"({"encounterReasonAllowed": true,
                      "encounterType": {"system": "http://snomed.info/sct", "code": "448337001"}})")
                  .status,
              200);
    const auto with_both = client_.get(session + "/fhir", doctor);
    EXPECT_EQ(with_both.at("/type/0/coding/0/code"), "448337001") << with_both.body;
    EXPECT_EQ(with_both.at("/reasonCode/0/text"), "Cough");
}

TEST_F(Configured, lets_interpreters_in_with_the_provider_where_the_clinic_says_so) {
    ASSERT_EQ(put(R"({"interpreterBypassesWaitingRoom": true})").status, 200);
    const Headers doctor = of("clinician");
    give_consent(client_, doctor, "patient-bypass");
    const BookedVisit visit = book(client_, doctor, "patient-bypass", R"({"participants": [
        {"role": "provider", "userId": "clinician"}, {"role": "patient"}, {"role": "interpreter"}]})");
    const std::string session = api + "/sessions/" + visit.session;
    const auto people = client_.get(session, doctor).json();
    std::string interpreter;
    for (const auto& person : people.at("participants").as_array()) {
        if (at(person, "/role") == "interpreter") interpreter = at(person, "/id");
    }
    const auto joined = join(client_, link_code(client_, doctor, visit.session, interpreter));
    ASSERT_EQ(joined.status, 200) << joined.body;
    EXPECT_EQ(joined.at("/destination"), "waiting_room") << "no provider is there yet";

    ASSERT_EQ(
        client_.post(session + "/participants/" + visit.provider + "/join", boost::json::object{}, doctor)
            .status,
        200);

    EXPECT_EQ(client_.get(api + "/visit", support::visit(joined.at("/credential"))).at("/participant/status"),
              "admitted");
}

}  // namespace
}  // namespace vcare::support
