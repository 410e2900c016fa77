// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/request_body.hpp"

#include <algorithm>
#include <charconv>

#include "adapters/http/contract/json_reader.hpp"
#include "adapters/http/contract/request_validator.hpp"
#include "adapters/json/canonical.hpp"
#include "adapters/json/command_codec.hpp"

namespace vcare::http {
namespace {

using contract::NamedText;
using domain::ErrorCode;
using domain::refuse;
using domain::refuse_field;

std::unexpected<Error> refuse_fields(std::vector<domain::FieldError> fields) {
    return std::unexpected{Error{.code = ErrorCode::validation_error, .fields = std::move(fields)}};
}

std::string_view trimmed(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    return text.substr(0, text.find_last_not_of(" \t") + 1);
}

/// `application/json`, and no other character set than UTF-8.
bool is_json(std::string_view content_type) {
    const auto semicolon = std::min(content_type.find(';'), content_type.size());
    if (!equal_ignoring_case(trimmed(content_type.substr(0, semicolon)), "application/json")) return false;
    const auto parameter = trimmed(content_type.substr(std::min(semicolon + 1, content_type.size())));
    return parameter.empty() || equal_ignoring_case(parameter, "charset=utf-8") ||
           equal_ignoring_case(parameter, "charset=\"utf-8\"");
}

Result<boost::json::value> parse_body(const Exchange& exchange) {
    const auto& request = exchange.request;
    if (request.body.empty()) {
        if (!exchange.operation.body_required) return boost::json::object{};
        return refuse_field("", "a body is needed");
    }
    const auto content_type = request.headers.find("Content-Type");
    if (!content_type || !is_json(*content_type)) return refuse(ErrorCode::unsupported_media_type);
    return contract::parse_json(request.body);
}

/// The number of an ETag of ours: `"3"`.
std::optional<std::uint64_t> version_in(std::string_view etag) {
    if (etag.size() < 3 || etag.front() != '"' || etag.back() != '"') return std::nullopt;
    const auto digits = etag.substr(1, etag.size() - 2);
    std::uint64_t version = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
    if (error != std::errc{} || stop != digits.data() + digits.size()) return std::nullopt;
    return version;
}

}  // namespace

Result<boost::json::object> read_unchecked_body(const Exchange& exchange) {
    auto body = parse_body(exchange);
    if (!body) return std::unexpected{body.error()};
    if (!body->is_object()) return refuse_field("", "must be an object");
    return std::move(body->get_object());
}

Result<boost::json::object> read_body(const Exchange& exchange) {
    auto body = parse_body(exchange);
    if (!body) return std::unexpected{body.error()};
    if (auto errors = contract::validate(*body, exchange.operation.id); !errors.empty())
        return refuse_fields(std::move(errors));
    if (!body->is_object()) return refuse_field("", "must be an object");
    return std::move(body->get_object());
}

Result<void> check_parameters(const Exchange& exchange) {
    std::vector<NamedText> query;
    for (const auto& [name, value] : exchange.query) query.push_back({name, value});
    if (auto errors = contract::validate_query(query, exchange.operation.id); !errors.empty())
        return refuse_fields(std::move(errors));
    std::vector<NamedText> headers;
    for (const auto& [name, value] : exchange.request.headers.fields()) headers.push_back({name, value});
    if (auto errors = contract::validate_headers(headers, exchange.operation.id); !errors.empty())
        return refuse_fields(std::move(errors));
    return {};
}

Result<std::optional<std::uint64_t>> version_of(const Exchange& exchange, const boost::json::object& body) {
    const auto in_body = json::to_version(body);
    const auto if_match = exchange.request.headers.find("If-Match");
    if (!if_match) return in_body;
    const auto in_header = version_in(*if_match);
    if (!in_header) return refuse_field("/version", "If-Match must be a version in double quotes");
    if (in_body && *in_body != *in_header) return refuse_field("/version", "must be the same as in If-Match");
    return in_header;
}

Result<std::uint64_t> required_version_of(const Exchange& exchange, const boost::json::object& body) {
    const auto version = version_of(exchange, body);
    if (!version) return std::unexpected{version.error()};
    if (!*version) return refuse_field("/version", "is required, here or as If-Match");
    return **version;
}

std::string canonical_body(const Exchange& exchange) {
    if (exchange.request.body.empty()) return "{}";
    const auto body = contract::parse_json(exchange.request.body);
    return body ? json::canonical_text(*body) : exchange.request.body;
}

}  // namespace vcare::http
