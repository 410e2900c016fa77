// SPDX-License-Identifier: Apache-2.0
#include "main/audit_event_codec.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace vcare::program {
namespace {

namespace json = boost::json;
using application::AuditEntry;

// CRUDE of FHIR's audit-event-action.
std::string_view action_of(std::string_view action) {
    for (const std::string_view read : {".read", ".list", ".verify", ".open"}) {
        if (action.ends_with(read)) return "R";
    }
    if (action.ends_with(".create")) return "C";
    if (action.ends_with(".delete")) return "D";
    return "E";
}

// 0 success, 4 refused.
std::string_view outcome_of(const AuditEntry& entry) {
    return entry.outcome == "done" ? "0" : "4";
}

json::object agent_of(const AuditEntry& entry) {
    json::object agent;
    agent["who"] = {{"identifier", {{"value", entry.actor}}}};
    agent["requestor"] = !entry.actor.starts_with("system:");
    if (!entry.remote_address.empty()) agent["network"] = {{"address", entry.remote_address}, {"type", "2"}};
    return agent;
}

json::object detail_of(std::string_view type, std::string_view text) {
    return {{"type", type}, {"valueString", text}};
}

json::array entities_of(const AuditEntry& entry, const std::string& session_identifier_system) {
    json::array entities;
    if (entry.session) {
        const json::value identifier = {{"system", session_identifier_system},
                                        {"value", entry.session->text()}};
        entities.push_back({{"what", {{"identifier", identifier}}}});
    }
    if (entry.patient) {
        entities.push_back({{"what", {{"reference", "Patient/" + entry.patient->text()}}}});
    }
    if (!entry.trace_id.empty()) {
        entities.push_back(json::object{{"detail", json::array{detail_of("traceId", entry.trace_id)}}});
    }
    return entities;
}

}  // namespace

std::string encode_audit_event(const AuditEntry& entry, const std::string& session_identifier_system,
                               const std::optional<application::AuditFloor>& floor) {
    std::string id = entry.id.text();
    std::ranges::replace(id, '_', '-');
    json::object event;
    event["resourceType"] = "AuditEvent";
    event["id"] = id;
    event["type"] = {{"system", "http://terminology.hl7.org/CodeSystem/audit-event-type"}, {"code", "rest"}};
    event["subtype"] = json::array{{{"system", "urn:vcare:audit-action"}, {"code", entry.action}}};
    event["action"] = action_of(entry.action);
    event["recorded"] = domain::to_rfc3339(entry.at);
    event["outcome"] = outcome_of(entry);
    if (entry.outcome != "done") event["outcomeDesc"] = entry.outcome;
    event["agent"] = json::array{agent_of(entry)};
    event["source"] = {{"observer", {{"display", "vcare"}}}};
    json::array entities = entities_of(entry, session_identifier_system);
    if (floor && floor->entry == entry.id) {
        const auto last = detail_of("lastDeletedSequence", std::to_string(floor->sequence));
        const auto hash = detail_of("lastDeletedChainHash", floor->chain_hash);
        entities.push_back(json::object{{"detail", json::array{last, hash}}});
    }
    if (!entities.empty()) event["entity"] = std::move(entities);
    return json::serialize(event);
}

}  // namespace vcare::program
