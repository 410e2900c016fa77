// SPDX-License-Identifier: Apache-2.0
#include "support/answer_checker.hpp"

#include <algorithm>
#include <optional>

#include <boost/json/object.hpp>

#include "adapters/http/contract/json_reader.hpp"
#include "adapters/http/contract/schema_check.hpp"
#include "domain/error.hpp"
#include "support/contract_tables.hpp"

namespace vcare::support {
namespace {

namespace json = boost::json;
using http::contract::OperationId;

/// The exact status stands before its range.
const Answer* find_described(OperationId id, int status) {
    const auto exact = std::to_string(status);
    const auto range = exact.substr(0, 1) + "XX";
    const auto find = [id](std::string_view wanted) {
        return std::ranges::find_if(answers(),
                                    [&](const Answer& a) { return a.id == id && a.status == wanted; });
    };
    if (const auto found = find(exact); found != answers().end()) return &*found;
    const auto found = find(range);
    return found == answers().end() ? nullptr : &*found;
}

std::string_view media_type_of(std::string_view content_type) {
    return content_type.substr(0, content_type.find(';'));
}

/// A code must stand in the error table with this status, and the operation must be allowed to raise it.
std::optional<std::string> problem_of_code(OperationId id, int status, const json::value& problem) {
    const auto* code = problem.if_object() ? problem.as_object().if_contains("code") : nullptr;
    if (code == nullptr || !code->is_string()) return "there is no code";
    const std::string_view word = code->as_string();
    const auto allowed = error_codes_of(id);
    if (std::ranges::find(allowed, word) == allowed.end())
        return "the contract does not say that " + std::string{word} + " may come";
#define VCARE_ERROR(identifier, wire, http_status, retryable, title, sentence) \
    if (word == (wire) && status != (http_status)) return std::string{word} + " goes with " #http_status;
#include "generated/error_codes.inc"
#undef VCARE_ERROR
    return {};
}

}  // namespace

std::vector<std::string> problems_of_answer(OperationId id, const ReceivedAnswer& answer) {
    const std::string what =
        std::string{http::contract::operation(id).name} + ' ' + std::to_string(answer.status) + ": ";
    const auto* described = find_described(id, answer.status);
    if (described == nullptr) return {what + "the contract does not describe this status"};
    if (media_type_of(answer.content_type) != described->content_type)
        return {what + "content type " + std::string{answer.content_type} + " instead of " +
                std::string{described->content_type}};
    if (described->content_type.empty() && !answer.body.empty())
        return {what + "a body where none is described"};
    if (described->node == http::contract::none) return {};

    const auto body = http::contract::parse_json(answer.body);
    if (!body) return {what + "the body is not JSON"};
    std::vector<std::string> problems;
    for (const auto& [pointer, message] :
         http::contract::check_value(answer_schema_table(), described->node, *body))
        problems.push_back(what + pointer + ' ' + message);
    if (described->content_type == "application/problem+json")
        if (const auto problem = problem_of_code(id, answer.status, *body))
            problems.push_back(what + *problem);
    return problems;
}

}  // namespace vcare::support
