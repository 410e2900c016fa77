// SPDX-License-Identifier: Apache-2.0
#include "support/contract_watch.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "support/answer_checker.hpp"
#include "support/event_schema_checker.hpp"

namespace vcare::support {
namespace {

using http::contract::Route;

std::string_view take_segment(std::string_view& path) {
    const auto slash = std::min(path.find('/', 1), path.size());
    const std::string_view segment = path.substr(0, slash);
    path.remove_prefix(slash);
    return segment;
}

bool leads_to(const Route& route, std::string_view method, std::string_view path) {
    if (route.method != method) return false;
    std::string_view pattern = route.path;
    while (!pattern.empty() && !path.empty()) {
        const std::string_view wanted = take_segment(pattern);
        const std::string_view given = take_segment(path);
        if (!wanted.starts_with("/{") && wanted != given) return false;
    }
    return pattern.empty() && path.empty();
}

}  // namespace

void expect_contract(const HttpRequest& request, const HttpResponse& response) {
    const std::string_view path = std::string_view{request.path}.substr(0, request.path.find('?'));
    for (const Route& route : http::contract::routes()) {
        if (!leads_to(route, request.method, path)) continue;
        const std::string type = response.header("Content-Type");
        for (const std::string& problem :
             problems_of_answer(route.id, {response.status, type, response.body})) {
            ADD_FAILURE() << request.method << " " << request.path << " answered " << response.status << ": "
                          << problem << "\n"
                          << response.body;
        }
        return;
    }
}

void expect_event_schema(std::string_view type, std::string_view cloud_event) {
    if (!type.starts_with("virtual_care.")) return;
    boost::system::error_code wrong;
    const auto event = boost::json::parse(cloud_event, wrong);
    if (wrong) {
        ADD_FAILURE() << type << " is no JSON: " << cloud_event;
        return;
    }
    for (const std::string& problem : problems_of_event(event))
        ADD_FAILURE() << type << " was told otherwise than its schema says: " << problem << "\n"
                      << cloud_event;
}

}  // namespace vcare::support
