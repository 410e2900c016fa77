// SPDX-License-Identifier: Apache-2.0
#include "support/event_schema_checker.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "adapters/http/contract/schema_check.hpp"
#include "support/contract_tables.hpp"

namespace vcare::test_support {
namespace {

namespace json = boost::json;

void append(std::vector<std::string>& problems, std::string_view type, std::string_view below,
            const std::vector<domain::FieldError>& errors) {
    for (const auto& [pointer, message] : errors)
        problems.push_back(std::string{type} + ' ' + std::string{below} + pointer + ' ' + message);
}

void check_data(std::string_view type, std::string_view below, const json::value& data,
                std::vector<std::string>& problems) {
    const auto known = std::ranges::find(event_types(), type, &EventSchema::type);
    if (known == event_types().end()) return problems.push_back(std::string{type} + " has no schema");
    append(problems, type, below, http::contract::check_value(event_schema_table(), known->node, data));
}

json::object to_json(const domain::EventRecord& record);

json::value to_json(const domain::EventValue& value) {
    if (const auto* records = std::get_if<std::vector<domain::EventRecord>>(&value)) {
        json::array array;
        for (const auto& record : *records) array.push_back(to_json(record));
        return array;
    }
    if (const auto* texts = std::get_if<std::vector<std::string>>(&value))
        return json::array(texts->begin(), texts->end());
    if (const auto* text = std::get_if<std::string>(&value)) return json::string{*text};
    if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
    return std::get<bool>(value);
}

json::object to_json(const domain::EventRecord& record) {
    json::object object;
    for (const auto& field : record) object[field.name] = to_json(field.value);
    return object;
}

}  // namespace

std::vector<std::string> problems_of_event(const json::value& cloud_event) {
    std::vector<std::string> problems;
    append(problems, "envelope", "",
           http::contract::check_value(event_schema_table(), envelope_node(), cloud_event));
    if (!problems.empty()) return problems;

    const auto text = [&](std::string_view name) { return std::string{cloud_event.at(name).as_string()}; };
    const std::string type = text("type");
    check_data(type, "/data", cloud_event.at("data"), problems);
    if (text("dataschema") != "urn:vcare:event:" + type)
        problems.push_back(type + " /dataschema names another");
    const auto* tenant = cloud_event.at("data").as_object().if_contains("tenantId");
    if (tenant == nullptr || *tenant != cloud_event.at("tenantid"))
        problems.push_back(type + " /data/tenantId is not the tenant of the envelope");
    return problems;
}

std::vector<std::string> problems_of_event(const domain::Event& event) {
    std::vector<std::string> problems;
    check_data(domain::to_wire(event.type), "", to_json(event.data), problems);
    return problems;
}

}  // namespace vcare::test_support
