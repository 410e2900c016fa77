// SPDX-License-Identifier: Apache-2.0
#include "adapters/json/problem_codec.hpp"

#include <array>

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/serialize.hpp>

#include "adapters/json/fields.hpp"

namespace vcare::json {
namespace {

std::string_view detail_of(const domain::Error& error) {
    return error.detail.empty() ? domain::info_of(error.code).sentence : std::string_view{error.detail};
}

/// https://hl7.org/fhir/R4/valueset-issue-type.html
std::string_view issue_type_of(int status) {
    switch (status) {
        case 400:
            return "invalid";
        case 401:
            return "login";
        case 403:
            return "forbidden";
        case 404:
            return "not-found";
        case 409:
            return "conflict";
        case 413:
            return "too-long";
        case 422:
            return "business-rule";
        case 429:
            return "throttled";
        case 503:
            return "transient";
        default:
            return "processing";
    }
}

}  // namespace

std::string encode_problem(const domain::Error& error, std::string_view type_prefix,
                           std::string_view instance, std::string_view trace_id) {
    const auto& info = domain::info_of(error.code);
    // On the stack, because refusing has to be cheap.
    std::array<unsigned char, 2048> memory{};
    boost::json::monotonic_resource resource{memory.data(), memory.size()};
    object problem{&resource};
    problem.reserve(8);
    problem["type"] = std::string{type_prefix} + std::string{info.wire};
    problem["title"] = info.title;
    problem["status"] = info.http_status;
    problem["code"] = info.wire;
    problem["detail"] = detail_of(error);
    problem["instance"] = instance;
    problem["traceId"] = trace_id;
    if (!error.fields.empty()) {
        array errors;
        for (const auto& [pointer, message] : error.fields)
            errors.push_back(object{{"pointer", pointer}, {"message", message}});
        problem["errors"] = std::move(errors);
    }
    put(problem, "currentVersion", error.current_version);
    put(problem, "validFrom", error.valid_from);
    return boost::json::serialize(problem);
}

std::string encode_operation_outcome(const domain::Error& error) {
    const auto& info = domain::info_of(error.code);
    const object coding{{"system", "urn:vcare:problem"}, {"code", info.wire}};
    const object details{{"coding", array{coding}}, {"text", info.sentence}};
    const object issue{{"severity", "error"},
                       {"code", issue_type_of(info.http_status)},
                       {"details", details},
                       {"diagnostics", detail_of(error)}};
    return boost::json::serialize(object{{"resourceType", "OperationOutcome"}, {"issue", array{issue}}});
}

}  // namespace vcare::json
