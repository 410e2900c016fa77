// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "adapters/json/event_codec.hpp"
#include "adapters/json/tenant_config_codec.hpp"

namespace vcare::json {
namespace {

using namespace std::chrono_literals;
using domain::EventData;

domain::TenantConfig a_config_without_defaults() {
    domain::TenantConfig config;
    config.branding = {"Klinik", "https://h/logo.png", "#123456", "+49 1"};
    config.max_participants = 4;
    config.recording_allowed = true;
    config.on_withdrawal = domain::OnWithdrawal::keep_recording;
    config.join_window_before = 1min;
    config.join_window_after = 2min;
    config.join_token_ttl = 3min;
    config.grace_reconnect = 5s;
    config.abandon_after = 6min;
    config.interpreter_bypasses_waiting_room = true;
    config.whereabouts_required = true;
    config.fallback = {1.5, 2.5, 3.5, 4s};
    config.telehealth_consent_at = domain::TelehealthConsentAt::join;
    config.default_duration = 7min;
    config.reminders = {8min};
    config.languages = {"de", "fa-AF"};
    config.consent_texts = {{domain::ConsentType::recording, "de", "v2", "Text \"mit\" Zeichen"}};
    config.media_region = "de";
    config.time_zone = "Europe/Berlin";
    config.retention_days = 9;
    config.audit_retention_days = 400;
    return config;
}

TEST(TenantConfigCodec, gives_back_every_setting) {
    const auto config = a_config_without_defaults();
    EXPECT_EQ(decode_tenant_config(encode_tenant_config(config)), config);
}

TEST(TenantConfigCodec, fills_what_is_absent_with_defaults) {
    EXPECT_EQ(decode_tenant_config("{}"), domain::TenantConfig{});
}

TEST(TenantConfigCodec, keeps_the_audit_log_at_least_as_long_as_visits_when_nothing_is_said_of_it) {
    EXPECT_EQ(decode_tenant_config(R"({"retentionDays": 7300})")->audit_retention_days, 7300U);
    EXPECT_EQ(decode_tenant_config(R"({"retentionDays": 30})")->audit_retention_days, 3650U);
}

TEST(TenantConfigCodec, gives_nothing_for_what_is_no_document) {
    EXPECT_FALSE(decode_tenant_config("[]"));
    EXPECT_FALSE(decode_tenant_config("{"));
}

TEST(EventCodec, gives_back_data_of_every_kind) {
    const auto data =
        EventData{}
            .add("sessionId", "vsn_1")
            .add("attempts", std::int64_t{3})
            .add("changed", std::vector<std::string>{"a", "b"})
            .add("participants", std::vector<domain::EventRecord>{EventData{}.add("role", "patient").take()})
            .take();

    const auto text = encode_event_data(data);
    const auto decoded = decode_event_data(text);

    ASSERT_TRUE(decoded);
    EXPECT_EQ(encode_event_data(*decoded), text);
    EXPECT_EQ(
        text,
        R"({"sessionId":"vsn_1","attempts":3,"changed":["a","b"],"participants":[{"role":"patient"}]})");
}

TEST(EventCodec, wraps_an_event_as_a_cloud_event) {
    const auto at = domain::from_unix_ms(1'800'000'000'123);
    const application::OutboxEntry entry{
        .id = domain::EventId::make(at, {}),
        .event = {.type = domain::EventType::session_ended,
                  .subject = "vsn_1",
                  .session = "vsn_1",
                  .data = EventData{}.add("sessionId", "vsn_1").take()},
        .at = at,
        .actor = "dr-1",
        .traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"};

    const auto event =
        boost::json::parse(encode_cloud_event(*domain::TenantId::parse("t1"), entry, "/me")).as_object();

    EXPECT_EQ(event.at("specversion"), "1.0");
    EXPECT_EQ(event.at("type"), "virtual_care.session.ended.v1");
    EXPECT_EQ(event.at("dataschema"), "urn:vcare:event:virtual_care.session.ended.v1");
    EXPECT_EQ(event.at("time"), "2027-01-15T08:00:00.123Z");
    EXPECT_EQ(event.at("partitionkey"), "vsn_1");
    EXPECT_EQ(event.at("data").as_object().at("tenantId"), "t1");
    EXPECT_FALSE(event.contains("correlationid"));
}

}  // namespace
}  // namespace vcare::json
