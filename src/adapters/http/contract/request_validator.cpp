// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/contract/request_validator.hpp"

#include <algorithm>

#include "adapters/http/contract/pointer.hpp"
#include "adapters/http/contract/schema_check.hpp"

namespace vcare::http::contract {
namespace {

using domain::FieldError;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_same(std::string_view name, std::string_view other, Place place) {
    if (place == Place::query) return name == other;
    return std::ranges::equal(name, other, {}, lower, lower);
}

std::string pointer_to(std::string_view name) {
    std::string pointer;
    append_step(name, pointer);
    return pointer;
}

/// Checks each described parameter of a place against what came under its name.
void check_described(std::span<const NamedText> given, Place place, const Operation& operation,
                     std::vector<FieldError>& errors) {
    for (const auto& parameter : operation.parameters) {
        if (parameter.place != place) continue;
        const auto has_its_name = [&](const NamedText& one) {
            return is_same(one.name, parameter.name, place);
        };
        const auto first = std::ranges::find_if(given, has_its_name);
        if (first == given.end()) {
            if (parameter.required)
                errors.push_back({.pointer = pointer_to(parameter.name), .message = "is required"});
            continue;
        }
        if (std::find_if(first + 1, given.end(), has_its_name) != given.end())
            errors.push_back({.pointer = pointer_to(parameter.name), .message = "must be given once"});
        else
            check_text(request_schema_table(), parameter.node, pointer_to(parameter.name), first->text,
                       errors);
    }
}

std::string describe_allowed(const Operation& operation) {
    std::string names;
    for (const auto& parameter : operation.parameters) {
        if (parameter.place != Place::query) continue;
        names += names.empty() ? "" : ", ";
        names += parameter.name;
    }
    return names.empty() ? "unknown parameter; none is allowed" : "unknown parameter; allowed: " + names;
}

}  // namespace

std::vector<FieldError> validate(const boost::json::value& body, OperationId id) {
    return check_value(request_schema_table(), operation(id).body_node, body);
}

std::vector<FieldError> validate_query(std::span<const NamedText> query, OperationId id) {
    const auto& operation = contract::operation(id);
    std::vector<FieldError> errors;
    for (const auto& given : query) {
        const auto is_it = [&](const Parameter& parameter) {
            return parameter.place == Place::query && parameter.name == given.name;
        };
        if (errors.size() < max_field_errors && std::ranges::none_of(operation.parameters, is_it))
            errors.push_back({.pointer = pointer_to(given.name), .message = describe_allowed(operation)});
    }
    check_described(query, Place::query, operation, errors);
    return errors;
}

std::vector<FieldError> validate_headers(std::span<const NamedText> headers, OperationId id) {
    std::vector<FieldError> errors;
    check_described(headers, Place::header, operation(id), errors);
    return errors;
}

}  // namespace vcare::http::contract
