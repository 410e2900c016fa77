// SPDX-License-Identifier: Apache-2.0
#include "adapters/events/event_mapping.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vcare::events {
namespace {

using application::InboundEvent;
using application::NotForUs;
using application::ReadMessage;
using application::Unreadable;
using testing::HasSubstr;

ReadMessage read(std::string body, std::string subject = {}, std::string_view mapping = "cloudevents") {
    const auto parsed = parse_event_mapping(shipped_mapping(mapping));
    EXPECT_TRUE(parsed.has_value()) << parsed.error();
    return (*parsed)->read({.stream = "SCHEDULING",
                            .sequence = 4,
                            .subject = std::move(subject),
                            .body = std::move(body),
                            .stored_at = domain::from_unix_ms(1000)});
}

std::string problem_of(const ReadMessage& message) {
    const auto* unreadable = std::get_if<Unreadable>(&message);
    return unreadable ? unreadable->problem : "";
}

TEST(EventMapping, reads_a_cloud_event) {
    const auto message = read(R"({"id": "e-1", "type": "scheduling.appointment.scheduled.v1",
        "time": "2026-03-01T09:00:00Z", "tenantid": "north", "actorid": "clerk", "correlationid": "c-1",
        "data": {"appointmentId": "a-1", "patientId": "p-1", "providerId": "dr-1", "visitType": "Virtual",
                 "scheduledStart": "2026-03-02T10:00:00+01:00", "language": "de"}})");
    const auto* event = std::get_if<InboundEvent>(&message);
    ASSERT_NE(event, nullptr) << problem_of(message);
    EXPECT_EQ(event->head.tenant.text(), "north");
    EXPECT_EQ(event->head.message_id, "e-1");
    EXPECT_EQ(event->head.actor, "clerk");
    EXPECT_EQ(event->head.correlation_id, "c-1");
    EXPECT_EQ(domain::to_rfc3339(event->head.said_at), "2026-03-01T09:00:00.000Z");
    const auto& told = std::get<application::AppointmentScheduled>(event->body);
    EXPECT_TRUE(told.is_virtual);
    EXPECT_EQ(domain::to_rfc3339(told.time.start), "2026-03-02T09:00:00.000Z");
    EXPECT_EQ(told.people.language, "de");
}

TEST(EventMapping, reads_the_plain_shape_by_its_subject) {
    const std::string moved = R"({"data": {"tenantId": "north", "actorId": "clerk", "appointmentId": "a-1",
        "startAt": "2026-03-02T09:00:00Z", "newSlotId": "s-2"}})";
    const auto message = read(moved, "SCHEDULING.appointment.updated", "plain");
    const auto* event = std::get_if<InboundEvent>(&message);
    ASSERT_NE(event, nullptr) << problem_of(message);
    EXPECT_EQ(event->head.type, "scheduling.appointment.rescheduled.v1");
    EXPECT_EQ(event->head.message_id, "SCHEDULING:4") << "it has no id of its own";
    EXPECT_EQ(event->head.said_at, domain::from_unix_ms(1000)) << "nor a time";
    const auto other = read(R"({"data": {"tenantId": "north", "appointmentId": "a-1"}})",
                            "SCHEDULING.appointment.updated", "plain");
    EXPECT_TRUE(std::holds_alternative<NotForUs>(other)) << "an update that moves nothing";
}

TEST(EventMapping, knows_poison_and_never_repeats_what_it_says) {
    const std::string begin = R"({"id": "e-1", "tenantid": "north", "type": )";
    const std::vector<std::pair<std::string, std::string>> poison = {
        {"{", "is no JSON"},
        {"[]", "is no JSON object"},
        {begin + R"("somebody.else.v1"})", "is of an unknown type"},
        {R"({"id": "e-1", "type": "identity.user.suspended.v1", "data": {"userId": "u"}})",
         "tenant is missing"},
        {begin + R"("identity.user.suspended.v1", "data": {}})", "userId is missing"},
        {begin + R"("identity.user.suspended.v1", "data": {"userId": "Jane Doe"}})",
         "userId has not the form of an id"},
        {begin + R"("identity.user.suspended.v1", "data": {"userId": 7}})", "userId is no text"},
        {begin + R"("identity.user.suspended.v1", "time": "today", "data": {"userId": "u"}})",
         "time is no time (RFC 3339)"},
        {begin + R"("registration.patient.merged.v1", "data": {"fromPatientId": "p", "intoPatientId": "p"}})",
         "intoPatientId is fromPatientId"},
        {begin + R"("scheduling.appointment.rescheduled.v1", "data": {"appointmentId": "a",
            "startAt": "2026-03-02T09:00:00Z", "endAt": "2026-03-02T08:00:00Z"}})",
         "end is not after start"},
    };
    for (const auto& [body, problem] : poison) EXPECT_EQ(problem_of(read(body)), problem) << body;
    EXPECT_EQ(problem_of(read(std::string(100'000, '['))), "is no JSON");
}

TEST(EventMapping, leaves_consents_alone_that_no_gate_asks_for) {
    const auto message = read(R"({"id": "e", "tenantid": "n", "type": "access_policy.consent.revoked.v1",
        "data": {"patientId": "p", "type": "newsletter"}})");
    EXPECT_TRUE(std::holds_alternative<NotForUs>(message));
}

TEST(EventMapping, says_what_is_wrong_with_a_document) {
    const std::string good_head = R"("head": {"tenant": "/t"}, )";
    const std::string streams = R"({"streams": [{"name": "S"}], )";
    const std::vector<std::pair<std::string, std::string>> documents = {
        {"", "is no JSON"},
        {"[]", "the mapping must be an object"},
        {R"({"stream": []})", "the mapping has the unknown key stream"},
        {R"({"streams": []})", "streams must be a list of the streams to read"},
        {R"({"streams": [{"name": "a.b"}]})", "name of a stream must have no dot"},
        {streams + R"("head": {"tenant": "t"}, "events": []})", "head.tenant must be JSON pointers"},
        {streams + R"("head": {}, "events": []})", "head.tenant must say where the tenant is"},
        {streams + good_head + R"("events": [{"event": "other.v1"}]})",
         "other.v1 is no event that is consumed"},
        {streams + good_head +
             R"("events": [{"event": "communication.thread.created", "fields": {"x": "/x"}}]})",
         "there is no field x"},
        {streams + good_head + R"("events": [{"event": "communication.thread.created",
            "fields": {"sessionId": "/s"}}]})",
         "fields must say where threadId is"},
    };
    for (const auto& [document, problem] : documents) {
        const auto parsed = parse_event_mapping(document);
        ASSERT_FALSE(parsed.has_value()) << document;
        EXPECT_THAT(parsed.error(), HasSubstr(problem));
    }
    EXPECT_EQ(shipped_mapping("other"), "");
}

}  // namespace
}  // namespace vcare::events
