// SPDX-License-Identifier: Apache-2.0
#include "support/event_schema_checker.hpp"

#include <gmock/gmock.h>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "adapters/http/contract/json_reader.hpp"
#include "support/contract_tables.hpp"

namespace vcare::support {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::IsEmpty;

json::value a_cloud_event() {
    return http::contract::parse_json(R"({
        "specversion": "1.0", "id": "evt_01HZY5Q6T7V8W9X0Y1Z2A3B4C5", "source": "/services/virtual-care-service",
        "type": "virtual_care.session.waiting.v1", "subject": "vsn_01HZY5Q6T7V8W9X0Y1Z2A3B4C5",
        "time": "2026-05-01T08:00:00.000Z", "datacontenttype": "application/json",
        "dataschema": "urn:vcare:event:virtual_care.session.waiting.v1", "tenantid": "clinic", "actorid": "dr-1",
        "partitionkey": "vsn_01HZY5Q6T7V8W9X0Y1Z2A3B4C5",
        "data": {"tenantId": "clinic", "sessionId": "vsn_01HZY5Q6T7V8W9X0Y1Z2A3B4C5",
                 "participantId": "vsp_01HZY5Q6T7V8W9X0Y1Z2A3B4C5", "at": "2026-05-01T08:00:00.000Z"}})")
        .value();
}

json::object& data_of(json::value& event) {
    return event.at("data").as_object();
}

TEST(EventSchemaChecker, lets_an_event_pass_that_fits) {
    EXPECT_THAT(problems_of_event(a_cloud_event()), IsEmpty());
}

TEST(EventSchemaChecker, finds_a_field_that_the_schema_does_not_name) {
    auto event = a_cloud_event();
    data_of(event)["displayName"] = "Ada";

    EXPECT_THAT(problems_of_event(event),
                ElementsAre("virtual_care.session.waiting.v1 /data/displayName unknown field; allowed: at, "
                            "participantId, sessionId, tenantId"));
}

TEST(EventSchemaChecker, finds_what_is_missing_or_malformed) {
    auto event = a_cloud_event();
    data_of(event).erase("at");
    data_of(event)["sessionId"] = "vsn_1";

    EXPECT_EQ(problems_of_event(event).size(), 2U);
}

TEST(EventSchemaChecker, finds_an_envelope_that_is_not_one) {
    for (const auto* field : {"specversion", "id", "type", "time", "tenantid", "partitionkey", "data"}) {
        auto event = a_cloud_event();
        event.as_object().erase(field);
        EXPECT_EQ(problems_of_event(event).size(), 1U) << field;
    }
    auto event = a_cloud_event();
    event.as_object()["specversion"] = "0.3";
    EXPECT_THAT(problems_of_event(event), ElementsAre("envelope /specversion must be one of 1.0"));
}

TEST(EventSchemaChecker, finds_an_envelope_that_does_not_fit_its_data) {
    auto event = a_cloud_event();
    event.as_object()["tenantid"] = "other";
    EXPECT_EQ(problems_of_event(event).size(), 1U);

    event = a_cloud_event();
    event.as_object()["dataschema"] = "urn:vcare:event:virtual_care.session.ended.v1";
    EXPECT_EQ(problems_of_event(event).size(), 1U);

    event = a_cloud_event();
    event.as_object()["type"] = "virtual_care.session.waiting.v2";
    EXPECT_EQ(problems_of_event(event).front(), "virtual_care.session.waiting.v2 has no schema");
}

TEST(EventSchemaChecker, checks_an_event_without_its_envelope) {
    domain::EventData data;
    data.add("tenantId", "clinic")
        .add("sessionId", "vsn_01HZY5Q6T7V8W9X0Y1Z2A3B4C5")
        .add("reason", "no_show_patient");
    domain::Event event{.type = domain::EventType::session_cancelled, .subject = "s", .data = data.take()};
    EXPECT_THAT(problems_of_event(event), IsEmpty());

    for (auto& field : event.data)
        if (field.name == "reason") field.value = "The patient's mother called";
    EXPECT_THAT(problems_of_event(event),
                ElementsAre("virtual_care.session.cancelled.v1 /reason must match ^[a-z0-9_]{1,64}$"));
}

TEST(EventSchemaChecker, knows_every_type_of_the_domain) {
    EXPECT_FALSE(event_types().empty());
    for (const auto& [type, node] : event_types())
        EXPECT_TRUE(domain::parse_event_type(type).has_value()) << type;
}

}  // namespace
}  // namespace vcare::support
