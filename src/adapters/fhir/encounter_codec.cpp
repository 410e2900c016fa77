// SPDX-License-Identifier: Apache-2.0
#include "adapters/fhir/encounter_codec.hpp"

#include <boost/json.hpp>

namespace vcare::fhir {
namespace {

namespace json = boost::json;
using domain::Encounter;
using domain::EncounterParticipant;

json::string_view to_json(std::string_view text) {
    return {text.data(), text.size()};
}

json::object reference(std::string_view type, std::string_view id) {
    return {{"reference", std::string{type} + '/' + std::string{id}}};
}

json::object coding(std::string_view system, std::string_view code, std::string_view display) {
    return {{"system", to_json(system)}, {"code", to_json(code)}, {"display", to_json(display)}};
}

json::array concept_list(json::object one) {
    return {json::object{{"coding", json::array{std::move(one)}}}};
}

json::object period(domain::Instant start, const std::optional<domain::Instant>& end) {
    json::object object{{"start", domain::to_rfc3339(start)}};
    if (end) object["end"] = domain::to_rfc3339(*end);
    return object;
}

/// Absent for an observer: no code of the value set says "who came along".
std::optional<json::object> type_of(domain::Role role) {
    switch (role) {
        case domain::Role::provider:
            return coding("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "ATND", "attender");
        case domain::Role::interpreter:
            return coding("http://terminology.hl7.org/CodeSystem/participant-type", "translator",
                          "Translator");
        case domain::Role::patient:
        case domain::Role::observer:
            break;
    }
    return std::nullopt;
}

/// By reference where there is something to refer to, else by name; empty when there is neither.
json::object individual_of(const EncounterParticipant& person) {
    const bool is_staff = person.role != domain::Role::observer;
    if (person.user && is_staff) return reference("Practitioner", person.user->text());
    json::object individual;
    if (!is_staff) individual["type"] = "RelatedPerson";
    if (const std::string& name = person.display.reveal(); !name.empty()) individual["display"] = name;
    return individual;
}

json::object participant(const EncounterParticipant& person, const Encounter& encounter) {
    json::object object;
    if (auto type = type_of(person.role)) object["type"] = concept_list(std::move(*type));
    const bool is_still_there = !encounter.finished && person.to == encounter.updated_at;
    object["period"] =
        period(person.from, is_still_there ? std::nullopt : std::optional<domain::Instant>{person.to});
    if (json::object individual = individual_of(person); !individual.empty())
        object["individual"] = std::move(individual);
    return object;
}

json::object length(std::int64_t minutes) {
    return {{"value", minutes}, {"unit", "min"}, {"system", "http://unitsofmeasure.org"}, {"code", "min"}};
}

json::object type_coding(const domain::EncounterType& type) {
    json::object one{{"system", type.system}, {"code", type.code}};
    if (!type.display.empty()) one["display"] = type.display;
    return one;
}

}  // namespace

std::string write_encounter(const Encounter& encounter, std::string_view identifier_system) {
    const json::object identifier{{"system", to_json(identifier_system)},
                                  {"value", encounter.session.text()}};
    const json::object mode{{"system", "urn:vcare:session-mode"},
                            {"code", to_json(domain::to_wire(encounter.mode))}};
    json::object object{
        {"resourceType", "Encounter"},
        {"meta", {{"tag", json::array{mode}}}},
        {"identifier", json::array{identifier}},
        {"status", encounter.finished ? "finished" : "in-progress"},
        {"class", coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "VR", "virtual")},
        {"subject", reference("Patient", encounter.patient.text())},
        {"period", period(encounter.start, encounter.end)}};
    if (encounter.type) object["type"] = concept_list(type_coding(*encounter.type));
    if (encounter.appointment)
        object["appointment"] = json::array{reference("Appointment", encounter.appointment->text())};
    json::array participants;
    for (const EncounterParticipant& person : encounter.participants)
        participants.push_back(participant(person, encounter));
    if (!participants.empty()) object["participant"] = std::move(participants);
    if (encounter.length_minutes) object["length"] = length(*encounter.length_minutes);
    if (encounter.reason && !encounter.reason->reveal().empty())
        object["reasonCode"] = json::array{json::object{{"text", encounter.reason->reveal()}}};
    if (encounter.organization)
        object["serviceProvider"] = reference("Organization", encounter.organization->text());
    return json::serialize(object);
}

}  // namespace vcare::fhir
