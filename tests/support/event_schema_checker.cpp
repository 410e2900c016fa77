// SPDX-License-Identifier: Apache-2.0
#include "support/event_schema_checker.hpp"

#include <algorithm>

#include <boost/json/object.hpp>

#include "adapters/http/contract/json_reader.hpp"
#include "adapters/http/contract/schema_check.hpp"
#include "adapters/json/event_codec.hpp"
#include "support/contract_tables.hpp"

namespace vcare::support {
namespace {

void append(std::vector<std::string>& problems, std::string_view type, std::string_view below,
            const std::vector<domain::FieldError>& errors) {
    for (const auto& [pointer, message] : errors)
        problems.push_back(std::string{type} + ' ' + std::string{below} + pointer + ' ' + message);
}

void check_data(std::string_view type, std::string_view below, const boost::json::value& data,
                std::vector<std::string>& problems) {
    const auto known = std::ranges::find(event_types(), type, &EventSchema::type);
    if (known == event_types().end()) return problems.push_back(std::string{type} + " has no schema");
    append(problems, type, below, http::contract::check_value(event_schema_table(), known->node, data));
}

}  // namespace

std::vector<std::string> problems_of_event(const boost::json::value& cloud_event) {
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
    const auto data = http::contract::parse_json(vcare::json::encode_event_data(event.data));
    check_data(domain::to_wire(event.type), "", data.value(), problems);
    return problems;
}

}  // namespace vcare::support
