// SPDX-License-Identifier: Apache-2.0
#include "adapters/fhir/fhir_answer.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <boost/json.hpp>

namespace vcare::fhir {
namespace {

namespace json = boost::json;

constexpr std::size_t codes_max = 10;
constexpr std::size_t bundle_ids_max = 10;
constexpr domain::seconds retry_after_max{3600};

/// https://hl7.org/fhir/R4/valueset-issue-type.html
constexpr std::array<std::string_view, 31> issue_types = {
    "invalid",       "structure", "required",         "value",         "invariant",  "security",
    "login",         "unknown",   "expired",          "forbidden",     "suppressed", "processing",
    "not-supported", "duplicate", "multiple-matches", "not-found",     "deleted",    "too-long",
    "code-invalid",  "extension", "too-costly",       "business-rule", "conflict",   "transient",
    "lock-error",    "no-store",  "exception",        "timeout",       "incomplete", "throttled",
    "informational"};

bool is_fhir_id(std::string_view text) {
    const auto allowed = [](char c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return letter || (c >= '0' && c <= '9') || c == '-' || c == '.';
    };
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, allowed);
}

std::optional<json::object> parse_resource(std::string_view text, std::string_view type) {
    boost::system::error_code error;
    json::value value = json::parse({text.data(), text.size()}, error);
    if (error || !value.is_object()) return std::nullopt;
    const json::value* const named = value.get_object().if_contains("resourceType");
    const bool is_wanted = named != nullptr && named->is_string() &&
                           named->get_string() == json::string_view{type.data(), type.size()};
    if (!is_wanted) return std::nullopt;
    return std::move(value.get_object());
}

std::optional<std::string> id_of(const json::object& resource) {
    const json::value* const id = resource.if_contains("id");
    if (id == nullptr || !id->is_string()) return std::nullopt;
    std::string text{id->get_string().data(), id->get_string().size()};
    return is_fhir_id(text) ? std::optional{std::move(text)} : std::nullopt;
}

/// The list under `name`, empty when there is none.
json::array list_at(const json::object& object, std::string_view name) {
    const json::value* const list = object.if_contains({name.data(), name.size()});
    return list != nullptr && list->is_array() ? list->get_array() : json::array{};
}

std::optional<int> parse_number(std::string_view digits) {
    int value = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool whole = error == std::errc{} && stop == digits.data() + digits.size();
    return whole && value >= 0 ? std::optional{value} : std::nullopt;
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7; its obsolete forms are not read).
std::optional<domain::Instant> parse_http_date(std::string_view text) {
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (text.size() != 29 || !text.ends_with(" GMT")) return std::nullopt;
    const auto month_at = months.find(text.substr(8, 3));
    if (month_at == std::string_view::npos || month_at % 3 != 0) return std::nullopt;
    const auto month = std::to_string(month_at / 3 + 1);
    // The rest is checked by the reader of RFC 3339 times.
    return domain::parse_rfc3339(std::string{text.substr(12, 4)} + (month.size() == 1 ? "-0" : "-") + month +
                                 '-' + std::string{text.substr(5, 2)} + 'T' +
                                 std::string{text.substr(17, 8)} + 'Z');
}

}  // namespace

std::string_view header_of(const FhirResponse& response, const std::string& name) {
    const auto found = response.headers.find(name);
    return found == response.headers.end() ? std::string_view{} : std::string_view{found->second};
}

std::optional<std::string> encounter_id_in_location(std::string_view location) {
    constexpr std::string_view type = "Encounter/";
    const auto at = location.rfind(type);
    if (at == std::string_view::npos || (at > 0 && location[at - 1] != '/')) return std::nullopt;
    std::string_view id = location.substr(at + type.size());
    const auto end = id.find('/');
    const bool has_version = end != std::string_view::npos;
    if (has_version && !id.substr(end).starts_with("/_history/")) return std::nullopt;
    id = id.substr(0, end);
    return is_fhir_id(id) ? std::optional{std::string{id}} : std::nullopt;
}

std::optional<std::string> encounter_id_in_body(std::string_view body) {
    const auto resource = parse_resource(body, "Encounter");
    return resource ? id_of(*resource) : std::nullopt;
}

std::optional<std::vector<std::string>> encounter_ids_in_bundle(std::string_view body) {
    const auto bundle = parse_resource(body, "Bundle");
    if (!bundle) return std::nullopt;
    std::vector<std::string> ids;
    for (const json::value& entry : list_at(*bundle, "entry")) {
        const json::value* const resource =
            entry.is_object() ? entry.get_object().if_contains("resource") : nullptr;
        if (resource == nullptr || ids.size() == bundle_ids_max) continue;
        if (auto id = encounter_id_in_body(json::serialize(*resource))) ids.push_back(std::move(*id));
    }
    return ids;
}

bool is_empty_or_json(std::string_view body) {
    if (body.empty()) return true;
    boost::system::error_code error;
    static_cast<void>(json::parse({body.data(), body.size()}, error));
    return !error;
}

std::vector<std::string> outcome_codes(std::string_view body) {
    const auto outcome = parse_resource(body, "OperationOutcome");
    if (!outcome) return {};
    std::vector<std::string> codes;
    for (const json::value& issue : list_at(*outcome, "issue")) {
        const json::value* const code = issue.is_object() ? issue.get_object().if_contains("code") : nullptr;
        if (code == nullptr || !code->is_string() || codes.size() == codes_max) continue;
        const std::string_view word{code->get_string().data(), code->get_string().size()};
        if (std::ranges::find(issue_types, word) != issue_types.end()) codes.emplace_back(word);
    }
    return codes;
}

std::optional<domain::seconds> parse_retry_after(std::string_view text, domain::Instant now) {
    if (const auto delay = parse_number(text)) return std::min(domain::seconds{*delay}, retry_after_max);
    const auto at = parse_http_date(text);
    if (!at) return std::nullopt;
    return std::clamp(std::chrono::ceil<domain::seconds>(*at - now), domain::seconds{0}, retry_after_max);
}

}  // namespace vcare::fhir
