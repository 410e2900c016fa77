// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "adapters/events/event_mapping.hpp"
#include "adapters/http/contract/json_reader.hpp"
#include "adapters/http/contract/schema_check.hpp"
#include "support/contract_tables.hpp"

/// What other services send, as api/events/consumed and docs/consumed-events.md tell their people, is what
/// the shipped mappings read.
namespace vcare::events {
namespace {

namespace json = boost::json;
using application::InboundEvent;
using application::ReadMessage;
using application::Unreadable;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAreArray;

std::string text_of(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream{file}.rdbuf();
    EXPECT_FALSE(text.str().empty()) << file;
    return text.str();
}

json::value value_of(std::string_view text) {
    const auto value = http::contract::parse_json(text);
    EXPECT_TRUE(value.has_value()) << text;
    return value ? *value : json::value{};
}

json::object schema(std::string_view name) {
    const std::filesystem::path folder{VCARE_CONSUMED_SCHEMAS};
    return value_of(text_of(folder / (std::string{name} + ".schema.json"))).as_object();
}

std::map<std::string, json::object> schemas() {
    std::map<std::string, json::object> all;
    for (const auto& [type, node] : support::consumed_types()) all[std::string{type}] = schema(type);
    return all;
}

json::object document_of(std::string_view mapping) {
    return value_of(shipped_mapping(mapping)).as_object();
}

/// The example of a type, in the envelope of them all.
json::object example_of(std::string_view type) {
    json::object message = schema("cloudevent").at("examples").at(0).as_object();
    message["type"] = type;
    message["data"] = schema(type).at("examples").at(0);
    return message;
}

ReadMessage read(std::string_view mapping, const json::object& message, std::string subject = {}) {
    const auto parsed = parse_event_mapping(shipped_mapping(mapping));
    return parsed.value()->read({.stream = "OTHERS",
                                 .sequence = 4,
                                 .subject = std::move(subject),
                                 .body = json::serialize(message),
                                 .stored_at = domain::from_unix_ms(1000)});
}

std::vector<domain::FieldError> problems_of(std::string_view type, const json::object& message) {
    const auto& table = support::consumed_schema_table();
    auto problems = http::contract::check_value(table, support::consumed_envelope_node(), message);
    const auto known = std::ranges::find(support::consumed_types(), type, &support::EventSchema::type);
    std::ranges::move(http::contract::check_value(table, known->node, message.at("data")),
                      std::back_inserter(problems));
    return problems;
}

/// What an event says here, in words.
struct InWords {
    template <class T>
    static std::string or_nobody(const std::optional<T>& id) {
        return id ? id->text() : "nobody";
    }
    static std::string words(const domain::AppointmentTime& time) {
        const std::string end = time.end ? domain::to_rfc3339(*time.end) : "its usual end";
        return domain::to_rfc3339(time.start) + " to " + end;
    }

    std::string operator()(const application::AppointmentScheduled& told) const {
        return fmt::format("{} {} of {} with {} at {} in {}, {}", told.is_virtual ? "virtual" : "other",
                           told.appointment.text(), told.people.patient.text(),
                           or_nobody(told.people.provider), or_nobody(told.people.node),
                           told.people.language.value_or("any"), words(told.time));
    }
    std::string operator()(const application::AppointmentRescheduled& told) const {
        return fmt::format("{} moved to {} with {}", told.appointment.text(), words(told.time),
                           or_nobody(told.provider));
    }
    std::string operator()(const application::AppointmentCancelled& told) const {
        return told.appointment.text() + " cancelled";
    }
    std::string operator()(const application::AppointmentMissed& told) const {
        return told.appointment.text() + " missed";
    }
    std::string operator()(const application::ConsentRevoked& told) const {
        return fmt::format("{} takes back {}", told.patient.text(), domain::to_wire(told.type));
    }
    std::string operator()(const application::ConsentGranted& told) const {
        return fmt::format("{} gives {}", told.patient.text(), domain::to_wire(told.type));
    }
    std::string operator()(const application::UserBarred& told) const {
        return fmt::format("{}: {}", told.user.text(), told.reason);
    }
    std::string operator()(const application::VitalStatusChanged& told) const {
        return fmt::format("{} {}", told.patient.text(), told.is_deceased ? "died" : "lives");
    }
    std::string operator()(const application::ThreadCreated& told) const {
        return fmt::format("{} has {}", told.session.text(), told.thread);
    }
    std::string operator()(const application::PatientMerged& told) const {
        return fmt::format("{} is {}", told.from.text(), told.into.text());
    }
    std::string operator()(const application::EntitlementChanged& told) const {
        return fmt::format("{}, {}{}", told.is_ours ? "ours" : "not ours", told.licensed ? "on" : "off",
                           told.node ? " at " + told.node->text() : "");
    }
};

/// What the examples say, in either shape.
const std::map<std::string, std::string>& meanings() {
    static const std::map<std::string, std::string> all = {
        {"scheduling.appointment.scheduled.v1",
         "virtual appointment-17 of patient-204 with dr-rahimi at north-clinic in fa-AF, "
         "2026-03-02T09:00:00.000Z to 2026-03-02T09:30:00.000Z"},
        {"scheduling.appointment.rescheduled.v1",
         "appointment-17 moved to 2026-03-03T10:00:00.000Z to 2026-03-03T10:30:00.000Z with dr-north"},
        {"scheduling.appointment.cancelled.v1", "appointment-17 cancelled"},
        {"scheduling.appointment.noshow.v1", "appointment-17 missed"},
        {"access_policy.consent.revoked.v1", "patient-204 takes back telehealth"},
        {"access_policy.consent.granted.v1", "patient-204 gives telehealth"},
        {"identity.user.deactivated.v1", "dr-rahimi: user_deactivated"},
        {"identity.user.suspended.v1", "dr-rahimi: user_suspended"},
        {"identity.session.revoked.v1", "dr-rahimi: session_revoked"},
        {"registration.patient.vital_status_changed.v1", "patient-204 died"},
        {"registration.patient.merged.v1", "patient-204 is patient-17"},
        {"communication.thread.created", "vsn_01HZY5Q6T7V8W9X0Y1Z2A3B4C5 has thread-7"},
        {"licensing.entitlement.changed.v1", "ours, on at north-clinic"},
    };
    return all;
}

/// The type that an example was read as; what its head and its data say is right, too.
std::string type_read(const ReadMessage& message, const json::object& example) {
    const auto* event = std::get_if<InboundEvent>(&message);
    if (event == nullptr) {
        const auto* unreadable = std::get_if<Unreadable>(&message);
        ADD_FAILURE() << json::serialize(example) << (unreadable ? unreadable->problem : " is not for us");
        return {};
    }
    EXPECT_EQ(event->head.tenant.text(), "north");
    EXPECT_EQ(event->head.actor, "clerk-1");
    EXPECT_EQ(domain::to_rfc3339(event->head.said_at), "2026-03-01T09:00:00.000Z");
    EXPECT_EQ(std::visit(InWords{}, event->body), meanings().at(event->head.type)) << event->head.type;
    return event->head.type;
}

TEST(ConsumedEvents, have_an_example_that_fits_its_schema_and_is_read_as_what_it_says) {
    EXPECT_THAT(support::consumed_types(), SizeIs(meanings().size()));
    for (const auto& [type, node] : support::consumed_types()) {
        const json::object example = example_of(type);
        EXPECT_THAT(problems_of(type, example), IsEmpty()) << type;
        EXPECT_EQ(type_read(read("cloudevents", example), example), type);
    }
}

TEST(ConsumedEvents, carry_who_asked_for_what_from_the_other_service_into_this_one) {
    const ReadMessage message = read("cloudevents", example_of("scheduling.appointment.cancelled.v1"));
    const auto& head = std::get<InboundEvent>(message).head;
    EXPECT_EQ(head.message_id, "3f2c9a4e-7c2b-4d0a-9a0e-5b1d2c3e4f50");
    EXPECT_EQ(head.correlation_id, "booking-88");
    EXPECT_EQ(head.cause.to_traceparent(), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
}

TEST(ConsumedEvents, are_asked_for_nothing_that_can_be_done_without_and_for_all_that_cannot) {
    for (const auto& [type, node] : support::consumed_types()) {
        const json::object example = example_of(type);
        for (const auto& [name, value] : example.at("data").as_object()) {
            json::object without = example;
            without.at("data").as_object().erase(name);
            const bool is_required = !problems_of(type, without).empty();
            const bool is_missed = std::holds_alternative<Unreadable>(read("cloudevents", without));
            EXPECT_EQ(is_required, is_missed) << type << " without " << name;

            json::object bent = example;
            bent.at("data").as_object()[name] = 7;
            EXPECT_THAT(problems_of(type, bent), SizeIs(1)) << type << " with a number for " << name;
            EXPECT_TRUE(std::holds_alternative<Unreadable>(read("cloudevents", bent))) << type << ' ' << name;
        }
    }
}

TEST(ConsumedEvents, may_have_fields_that_nobody_here_knows) {
    json::object example = example_of("scheduling.appointment.cancelled.v1");
    example["dataschema"] = "https://scheduling.example/cancelled";
    example.at("data").as_object()["cancelledBy"] = json::object{{"desk", "north"}};
    EXPECT_THAT(problems_of("scheduling.appointment.cancelled.v1", example), IsEmpty());
    EXPECT_EQ(type_read(read("cloudevents", example), example), "scheduling.appointment.cancelled.v1");
}

/// Texts of a JSON list; none when there is no such list.
std::vector<std::string> texts(const json::value* list) {
    std::vector<std::string> all;
    if (list == nullptr) return all;
    for (const auto& text : list->as_array()) all.emplace_back(text.as_string());
    return all;
}

/// In what the places where a mapping looks for fields differ from what a schema tells of them. `below` is
/// where the described object lies in a message.
std::vector<std::string> differences_of_fields(const std::string& name, const json::object& fields,
                                               const std::string& below, const json::object& described) {
    std::vector<std::string> found;
    const json::object& properties = described.at("properties").as_object();
    for (const auto& [field, places] : fields) {
        std::vector<std::string> looked_at = texts(&places);
        const std::string first = looked_at.at(0);
        const std::string property = first.starts_with(below) ? first.substr(below.size()) : first;
        const json::value* known = properties.if_contains(property);
        if (known == nullptr) {
            found.push_back(name + " has no " + first);
            continue;
        }
        looked_at.erase(looked_at.begin());
        if (texts(known->as_object().if_contains("x-vcare-also")) != looked_at)
            found.push_back(name + " does not say where else " + property + " is looked for");
    }
    return found;
}

/// In what a mapping of CloudEvents and the schemas differ, one line each.
std::vector<std::string> differences(const json::object& mapping,
                                     std::map<std::string, json::object> described) {
    auto found =
        differences_of_fields("cloudevent", mapping.at("head").as_object(), "/", schema("cloudevent"));
    for (const auto& event : mapping.at("events").as_array()) {
        const std::string type{event.at("event").as_string()};
        const auto known = described.find(type);
        if (known == described.end()) {
            found.push_back(type + " has no schema");
            continue;
        }
        const json::object& fields = event.at("fields").as_object();
        std::ranges::move(differences_of_fields(type, fields, "/data/", known->second),
                          std::back_inserter(found));
        for (const auto& [property, rules] : known->second.at("properties").as_object()) {
            const bool is_read = std::ranges::any_of(fields, [&](const auto& field) {
                return texts(&field.value()).at(0) == "/data/" + std::string{property};
            });
            if (!is_read) found.push_back(type + " has " + std::string{property} + ", which nobody reads");
        }
        if (texts(event.as_object().if_contains("types")) !=
            texts(known->second.if_contains("x-vcare-types")))
            found.push_back(type + " does not say under which other types it is known");
        described.erase(known);
    }
    for (const auto& [type, unread] : described) found.push_back(type + " is read by no mapping");
    return found;
}

TEST(ConsumedEvents, are_described_as_the_mapping_reads_them) {
    EXPECT_THAT(differences(document_of("cloudevents"), schemas()), IsEmpty());
}

TEST(ConsumedEvents, are_found_out_when_a_mapping_reads_what_no_schema_tells) {
    const std::string thread = "communication.thread.created";
    const auto undescribed = [&](auto forget) {
        auto all = schemas();
        forget(all);
        return differences(document_of("cloudevents"), std::move(all));
    };
    EXPECT_THAT(undescribed([&](auto& all) { all.erase(thread); }), ElementsAre(thread + " has no schema"));
    EXPECT_THAT(undescribed([&](auto& all) { all["billing.invoice.paid.v1"] = all[thread]; }),
                ElementsAre("billing.invoice.paid.v1 is read by no mapping"));
    EXPECT_THAT(undescribed([&](auto& all) { all[thread].at("properties").as_object().erase("threadId"); }),
                ElementsAre(thread + " has no /data/threadId"));
    EXPECT_THAT(undescribed([&](auto& all) {
                    all[thread].at("properties").at("threadId").as_object().erase("x-vcare-also");
                }),
                ElementsAre(thread + " does not say where else threadId is looked for"));
    EXPECT_THAT(undescribed([&](auto& all) {
                    all[thread].at("properties").as_object()["openedBy"] = json::object{};
                }),
                ElementsAre(thread + " has openedBy, which nobody reads"));
    EXPECT_THAT(undescribed([&](auto& all) { all[thread].erase("x-vcare-types"); }),
                ElementsAre(thread + " does not say under which other types it is known"));

    json::object mapping = document_of("cloudevents");
    mapping.at("events").as_array().push_back(
        json::object{{"event", "other.v1"}, {"fields", json::object{}}});
    mapping.at("head").as_object()["actor"] = json::array{"/who"};
    EXPECT_THAT(differences(mapping, schemas()),
                ElementsAre("cloudevent has no /who", "other.v1 has no schema"));
}

/// What stands between two marks, each time they come.
std::vector<std::string> between(const std::string& text, const std::string& from, const std::string& to) {
    std::vector<std::string> all;
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
        at += from.size();
        const auto end = text.find(to, at);
        all.push_back(text.substr(at, end - at));
        at = end;
    }
    return all;
}

TEST(ConsumedEvents, are_shown_in_the_documentation_as_they_are_read) {
    const std::vector<std::string> shown = between(text_of(VCARE_CONSUMED_DOCS), "```json\n", "```");
    ASSERT_THAT(shown, SizeIs(2));
    EXPECT_EQ(value_of(shown[0]).as_object(), example_of("scheduling.appointment.scheduled.v1"));
    const json::object plain = value_of(shown[1]).as_object();
    EXPECT_EQ(type_read(read("plain", plain, "SCHEDULING.appointment.cancelled"), plain),
              "scheduling.appointment.cancelled.v1");
}

TEST(ConsumedEvents, have_an_example_of_the_plain_shape_each_that_says_the_same) {
    std::vector<std::string> types;
    for (const std::string& row : between(text_of(VCARE_CONSUMED_DOCS), "\n| `", "` |\n")) {
        const auto parts = row.find("` | `");
        ASSERT_NE(parts, std::string::npos) << row;
        json::object data = value_of(row.substr(parts + 5)).as_object();
        data["tenantId"] = "north";
        data["actorId"] = "clerk-1";
        const json::object message{
            {"eventId", "e-1"}, {"occurredAt", "2026-03-01T09:00:00Z"}, {"data", data}};
        types.push_back(type_read(read("plain", message, row.substr(0, parts)), message));
    }
    std::vector<std::string> known;
    for (const auto& event : document_of("plain").at("events").as_array())
        known.emplace_back(event.at("event").as_string());
    EXPECT_THAT(types, UnorderedElementsAreArray(known));
    EXPECT_THAT(types, SizeIs(meanings().size()));
}

}  // namespace
}  // namespace vcare::events
