// SPDX-License-Identifier: Apache-2.0
#include "domain/tenant_config.hpp"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/builders/session_builder.hpp"

namespace vcare::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Change = std::function<void(TenantConfig&)>;

TenantConfig with(const Change& change) {
    TenantConfig config;
    change(config);
    return config;
}

std::vector<std::string> pointers(const std::vector<FieldError>& problems) {
    std::vector<std::string> all;
    for (const FieldError& problem : problems) {
        EXPECT_FALSE(problem.message.empty());
        all.push_back(problem.pointer);
    }
    return all;
}

ConsentText a_text(std::string language = "en", std::string version = "1") {
    return {ConsentType::telehealth, std::move(language), std::move(version), "We meet by video."};
}

TEST(TenantConfig, as_a_new_tenant_gets_it_has_no_problems) {
    EXPECT_THAT(problems_of(TenantConfig{}), IsEmpty());
}

TEST(TenantConfig, names_every_setting_that_cannot_be) {
    struct Case {
        std::string pointer;
        Change change;
    };
    const std::vector<Case> cases = {
        {"/videoBackends", [](auto& c) { c.video_backends.clear(); }},
        {"/videoBackends/1", [](auto& c) { c.video_backends = {"embedded", "carrier-pigeon"}; }},
        {"/branding/displayName", [](auto& c) { c.branding.display_name = ""; }},
        {"/branding/displayName", [](auto& c) { c.branding.display_name = std::string(121, 'x'); }},
        {"/branding/logoUrl", [](auto& c) { c.branding.logo_url = "http://clinic.example/logo.png"; }},
        {"/branding/logoUrl", [](auto& c) { c.branding.logo_url = "https://"; }},
        {"/branding/logoUrl", [](auto& c) { c.branding.logo_url = "https://a/\"onload="; }},
        {"/branding/logoUrl", [](auto& c) { c.branding.logo_url = "https://a b"; }},
        {"/branding/logoUrl", [](auto& c) { c.branding.logo_url = "https://" + std::string(2041, 'a'); }},
        {"/branding/primaryColor", [](auto& c) { c.branding.primary_color = "teal"; }},
        {"/branding/primaryColor", [](auto& c) { c.branding.primary_color = "#12345"; }},
        {"/branding/primaryColor", [](auto& c) { c.branding.primary_color = "#12345g"; }},
        {"/branding/primaryColor", [](auto& c) { c.branding.primary_color = "0123456"; }},
        {"/maxParticipants", [](auto& c) { c.max_participants = 1; }},
        {"/maxParticipants", [](auto& c) { c.max_participants = 21; }},
        {"/joinWindowBeforeMinutes", [](auto& c) { c.join_window_before = minutes{-1}; }},
        {"/joinWindowAfterMinutes", [](auto& c) { c.join_window_after = minutes{1441}; }},
        {"/joinTokenTtlMinutes", [](auto& c) { c.join_token_ttl = minutes{0}; }},
        {"/graceReconnectSeconds", [](auto& c) { c.grace_reconnect = seconds{4}; }},
        {"/graceReconnectSeconds", [](auto& c) { c.grace_reconnect = seconds{601}; }},
        {"/abandonAfterMinutes", [](auto& c) { c.abandon_after = minutes{0}; }},
        {"/abandonAfterMinutes", [](auto& c) { c.abandon_after = minutes{121}; }},
        {"/defaultDurationMinutes", [](auto& c) { c.default_duration = minutes{4}; }},
        {"/retentionDays", [](auto& c) { c.retention_days = 0; }},
        {"/auditRetentionDays", [](auto& c) { c.audit_retention_days = 36501; }},
        {"/auditRetentionDays", [](auto& c) { c.retention_days = 3651; }},
        {"/auditRetentionDays",
         [](auto& c) {
             c.retention_days = 30;
             c.audit_retention_days = 364;
         }},
        {"/languages", [](auto& c) { c.languages.clear(); }},
        {"/fallback/audioOnlyBelowKbps",
         [](auto& c) {
             c.fallback.audio_only_below_kbps = 0;
             c.fallback.async_below_kbps = 0;
         }},
        {"/fallback/asyncBelowKbps", [](auto& c) { c.fallback.async_below_kbps = 151; }},
        {"/fallback/lossPct", [](auto& c) { c.fallback.loss_pct = 101; }},
        {"/fallback/holdSeconds", [](auto& c) { c.fallback.hold = seconds{4}; }},
        {"/encounterType/system",
         [](auto& c) { c.encounter_type = EncounterType{.system = "snomed", .code = "1"}; }},
        {"/encounterType/system",
         [](auto& c) { c.encounter_type = EncounterType{.system = "a b:c", .code = "1"}; }},
        {"/encounterType/code",
         [](auto& c) { c.encounter_type = EncounterType{.system = "urn:a", .code = ""}; }},
        {"/encounterType/code",
         [](auto& c) { c.encounter_type = EncounterType{.system = "urn:a", .code = "a b"}; }},
        {"/encounterType/display",
         [](auto& c) {
             c.encounter_type =
                 EncounterType{.system = "urn:a", .code = "1", .display = std::string(201, 'd')};
         }},
        {"/consentTexts/0/version", [](auto& c) { c.consent_texts = {a_text("en", "")}; }},
        {"/consentTexts/0/version", [](auto& c) { c.consent_texts = {a_text("en", std::string(65, 'v'))}; }},
        {"/consentTexts/0/text",
         [](auto& c) {
             c.consent_texts = {a_text()};
             c.consent_texts[0].text = "";
         }},
        {"/consentTexts/0/text",
         [](auto& c) {
             c.consent_texts = {a_text()};
             c.consent_texts[0].text = std::string(20001, 't');
         }},
        {"/consentTexts/1", [](auto& c) { c.consent_texts = {a_text(), a_text()}; }},
    };
    for (const Case& row : cases)
        EXPECT_THAT(pointers(problems_of(with(row.change))), ElementsAre(row.pointer)) << row.pointer;
}

TEST(TenantConfig, allows_both_ends_of_every_range) {
    EXPECT_THAT(problems_of(with([](TenantConfig& c) {
                    c.max_participants = 2;
                    c.join_window_before = minutes{0};
                    c.join_window_after = minutes{0};
                    c.join_token_ttl = minutes{1};
                    c.retention_days = 365;
                    c.audit_retention_days = 365;
                    c.grace_reconnect = seconds{5};
                    c.abandon_after = minutes{1};
                    c.branding.primary_color = "#Ab9";
                    c.branding.logo_url = "https://clinic.example/logo.svg";
                })),
                IsEmpty());
    EXPECT_THAT(problems_of(with([](TenantConfig& c) {
                    c.max_participants = 20;
                    c.join_window_after = minutes{1440};
                    c.join_token_ttl = minutes{1440};
                    c.retention_days = 36500;
                    c.audit_retention_days = 36500;
                    c.grace_reconnect = seconds{600};
                    c.abandon_after = minutes{120};
                    c.video_backends = {"jitsi", "embedded"};
                    c.consent_texts = {a_text("en", "1"), a_text("en", "2"), a_text("fa-AF", "1")};
                })),
                IsEmpty());
}

TEST(TenantConfig, counts_characters_and_not_bytes) {
    std::string name;
    std::string text;
    for (int i = 0; i < 120; ++i) name += "ک";
    for (int i = 0; i < 20000; ++i) text += "م";
    EXPECT_THAT(problems_of(with([&](TenantConfig& c) {
                    c.branding.display_name = name;
                    c.consent_texts = {a_text("fa-AF")};
                    c.consent_texts[0].text = text;
                })),
                IsEmpty());
    EXPECT_THAT(pointers(problems_of(with([&](TenantConfig& c) { c.branding.display_name = name + "ک"; }))),
                ElementsAre("/branding/displayName"));
}

TEST(TenantConfig, has_a_logo_only_on_a_host_that_is_allowed) {
    const std::vector<std::string> hosts = {"cdn.example", "logos.example:8443"};
    const auto is_allowed = [&](std::string url) {
        return !logo_problem_of(with([&](TenantConfig& c) { c.branding.logo_url = std::move(url); }), hosts);
    };
    for (const char* good : {"", "https://cdn.example/a.png", "https://CDN.example",
                             "https://cdn.example?a=b", "https://logos.example:8443/a.svg"})
        EXPECT_TRUE(is_allowed(good)) << good;
    for (const char* bad :
         {"https://evil.example/a.png", "https://cdn.example.evil.example/",
          "https://cdn.example@evil.example/", "https://cdn.example:444/a.png", "https://logos.example/a.svg",
          "https://evil.example\\@cdn.example/", "http://cdn.example/a.png", "https://"})
        EXPECT_FALSE(is_allowed(bad)) << bad;
}

TEST(TenantConfig, says_which_hosts_a_logo_may_be_on) {
    const TenantConfig config = with([](auto& c) { c.branding.logo_url = "https://evil.example/a.png"; });
    const auto problem = logo_problem_of(config, {"cdn.example", "logos.example:8443"});
    ASSERT_TRUE(problem.has_value());
    EXPECT_EQ(problem->pointer, "/branding/logoUrl");
    EXPECT_EQ(problem->message, "must be an https URL on one of these hosts: cdn.example logos.example:8443");
    EXPECT_NE(logo_problem_of(config, {})->message.find("branding.logo_hosts"), std::string::npos);
}

TEST(TenantConfig, holds_media_to_a_region_that_has_servers) {
    const auto problem_in = [](std::string region, const std::vector<std::string>& regions) {
        return media_region_problem_of(with([&](TenantConfig& c) { c.media_region = std::move(region); }),
                                       regions);
    };
    EXPECT_EQ(problem_in("", {}), std::nullopt);
    EXPECT_EQ(problem_in("ca", {"ca", "de"}), std::nullopt);

    const auto unknown = problem_in("fr", {"ca", "de"});
    ASSERT_TRUE(unknown.has_value());
    EXPECT_EQ(unknown->pointer, "/mediaRegion");
    EXPECT_EQ(unknown->message, "must be absent or one of ca de");
    EXPECT_NE(problem_in("ca", {})->message.find("video.embedded.regional_urls"), std::string::npos);
}

TEST(TenantConfig, keeps_the_audit_log_for_as_long_as_visits_whatever_was_stored) {
    const auto kept = [](unsigned visits, unsigned audit) {
        return audit_kept_for(with([&](TenantConfig& c) {
            c.retention_days = visits;
            c.audit_retention_days = audit;
        }));
    };
    EXPECT_EQ(kept(30, 400), days{400});
    EXPECT_EQ(kept(7300, 3650), days{7300});
}

TEST(TenantConfig, tells_all_problems_at_once) {
    EXPECT_THAT(pointers(problems_of(with([](TenantConfig& c) {
                    c.max_participants = 0;
                    c.retention_days = 0;
                }))),
                ElementsAre("/maxParticipants", "/retentionDays"));
}

TEST(TenantConfig, names_each_setting_that_changed_and_no_other) {
    struct Case {
        std::string name;
        Change change;
    };
    const std::vector<Case> cases = {
        {"videoBackends", [](auto& c) { c.video_backends = {"jitsi"}; }},
        {"branding", [](auto& c) { c.branding.support_contact = "desk"; }},
        {"maxParticipants", [](auto& c) { c.max_participants = 4; }},
        {"recordingAllowed", [](auto& c) { c.recording_allowed = true; }},
        {"onWithdrawal", [](auto& c) { c.on_withdrawal = OnWithdrawal::keep_recording; }},
        {"joinWindowBeforeMinutes", [](auto& c) { c.join_window_before = minutes{5}; }},
        {"joinWindowAfterMinutes", [](auto& c) { c.join_window_after = minutes{5}; }},
        {"joinTokenTtlMinutes", [](auto& c) { c.join_token_ttl = minutes{5}; }},
        {"graceReconnectSeconds", [](auto& c) { c.grace_reconnect = seconds{90}; }},
        {"abandonAfterMinutes", [](auto& c) { c.abandon_after = minutes{5}; }},
        {"interpreterBypassesWaitingRoom", [](auto& c) { c.interpreter_bypasses_waiting_room = true; }},
        {"whereaboutsRequired", [](auto& c) { c.whereabouts_required = true; }},
        {"fallback", [](auto& c) { c.fallback.loss_pct = 5; }},
        {"telehealthConsentAt", [](auto& c) { c.telehealth_consent_at = TelehealthConsentAt::join; }},
        {"defaultDurationMinutes", [](auto& c) { c.default_duration = minutes{45}; }},
        {"reminders", [](auto& c) { c.reminders.clear(); }},
        {"languages", [](auto& c) { c.languages = {"en"}; }},
        {"consentTexts", [](auto& c) { c.consent_texts = {a_text()}; }},
        {"mediaRegion", [](auto& c) { c.media_region = "ca"; }},
        {"encounterType", [](auto& c) { c.encounter_type = EncounterType{.system = "urn:a", .code = "1"}; }},
        {"encounterReasonAllowed", [](auto& c) { c.encounter_reason_allowed = true; }},
        {"timeZone", [](auto& c) { c.time_zone = "Asia/Kabul"; }},
        {"retentionDays", [](auto& c) { c.retention_days = 30; }},
        {"auditRetentionDays", [](auto& c) { c.audit_retention_days = 7300; }},
    };
    EXPECT_THAT(changed_settings(TenantConfig{}, TenantConfig{}), IsEmpty());
    for (const Case& row : cases)
        EXPECT_THAT(changed_settings(TenantConfig{}, with(row.change)), ElementsAre(row.name));
}

TEST(ConsentTexts, are_found_in_the_language_then_in_english_then_in_any) {
    const TenantConfig config = with([](auto& c) {
        c.consent_texts = {a_text("ps", "1"),
                           a_text("en", "1"),
                           a_text("fa-AF", "1"),
                           {ConsentType::recording, "de", "9", "Aufnahme"}};
    });
    EXPECT_EQ(consent_text_for(config, ConsentType::telehealth, "fa-AF")->language, "fa-AF");
    EXPECT_EQ(consent_text_for(config, ConsentType::telehealth, "de")->language, "en");
    EXPECT_EQ(consent_text_for(config, ConsentType::recording, "en")->language, "de");
    EXPECT_EQ(consent_text_for(config, ConsentType::ai_transcription, "en"), std::nullopt);
}

TEST(ConsentTexts, are_the_newest_of_their_language) {
    const TenantConfig config = with([](auto& c) {
        c.consent_texts = {a_text("en", "2026-01"), a_text("en", "2026-03"), a_text("en", "2025-12")};
    });
    EXPECT_EQ(consent_text_for(config, ConsentType::telehealth, "en")->version, "2026-03");
}

}  // namespace
}  // namespace vcare::testing
