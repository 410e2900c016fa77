// SPDX-License-Identifier: Apache-2.0
#include "adapters/fhir/encounter_check.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include <boost/json.hpp>

#include "domain/time.hpp"

namespace vcare::fhir {
namespace {

namespace json = boost::json;

constexpr std::size_t depth_max = 16;

std::string_view view(const json::string& text) {
    return {text.data(), text.size()};
}
json::string_view to_json(std::string_view text) {
    return {text.data(), text.size()};
}

/// Walks a resource and collects what is wrong with it.
class Check {
  public:
    using Part = std::function<void(Check&, const json::value&, const std::string& path)>;
    struct Element {
        std::string_view name;
        bool required;
        bool repeats;
        Part part;
    };

    void object(const json::value& value, const std::string& path, const std::vector<Element>& elements) {
        if (!value.is_object() || value.get_object().empty()) return issue("structure", path);
        for (const auto& [key, ignored] : value.get_object()) {
            const auto is_it = [&](const Element& element) { return to_json(element.name) == key; };
            if (std::ranges::none_of(elements, is_it)) issue("structure", path + '.' + std::string{key});
        }
        for (const Element& element : elements) {
            const json::value* const found = value.get_object().if_contains(to_json(element.name));
            std::string inside = path + '.' + std::string{element.name};
            if (found != nullptr) {
                occurrences(*found, inside, element);
            } else if (element.required) {
                issue("required", std::move(inside));
            }
        }
    }

    void issue(std::string_view code, std::string path) { issues_.push_back({code, std::move(path)}); }
    [[nodiscard]] std::vector<Issue> take() { return std::move(issues_); }

  private:
    void occurrences(const json::value& value, const std::string& path, const Element& element) {
        if (!element.repeats) return element.part(*this, value, path);
        if (!value.is_array() || value.get_array().empty()) return issue("structure", path);
        for (std::size_t i = 0; i < value.get_array().size(); ++i)
            element.part(*this, value.get_array()[i], path + '[' + std::to_string(i) + ']');
    }

    std::vector<Issue> issues_;
};

void text(Check& check, const json::value& value, const std::string& path) {
    if (!value.is_string() || value.get_string().empty()) check.issue("structure", path);
}

Check::Part one_of(std::vector<std::string_view> words) {
    return [words = std::move(words)](Check& check, const json::value& value, const std::string& path) {
        if (!value.is_string()) return check.issue("structure", path);
        if (std::ranges::find(words, view(value.get_string())) == words.end())
            check.issue("code-invalid", path);
    };
}

void uri(Check& check, const json::value& value, const std::string& path) {
    const bool is_uri = value.is_string() && value.get_string().find(':') != json::string::npos &&
                        value.get_string().find_first_of(" \t\r\n") == json::string::npos;
    if (!is_uri) check.issue("value", path);
}

std::optional<domain::Instant> time_of(const json::value* value) {
    return value != nullptr && value->is_string() ? domain::parse_rfc3339(view(value->get_string()))
                                                  : std::nullopt;
}

void time(Check& check, const json::value& value, const std::string& path) {
    if (!time_of(&value)) check.issue("value", path);
}

void period(Check& check, const json::value& value, const std::string& path) {
    check.object(value, path, {{"start", true, false, time}, {"end", false, false, time}});
    if (!value.is_object()) return;
    const auto start = time_of(value.get_object().if_contains("start"));
    const auto end = time_of(value.get_object().if_contains("end"));
    if (start && end && *end < *start) check.issue("invariant", path);  // per-1
}

Check::Part coding(std::vector<std::string_view> codes) {
    return [codes = std::move(codes)](Check& check, const json::value& value, const std::string& path) {
        check.object(value, path,
                     {{"system", true, false, uri},
                      {"code", true, false, codes.empty() ? Check::Part{text} : one_of(codes)},
                      {"display", false, false, text}});
    };
}

Check::Part codeable_concept(std::vector<std::string_view> codes) {
    return [codes = std::move(codes)](Check& check, const json::value& value, const std::string& path) {
        check.object(value, path, {{"coding", false, true, coding(codes)}, {"text", false, false, text}});
    };
}

Check::Part reference(std::vector<std::string_view> types) {
    return [types = std::move(types)](Check& check, const json::value& value, const std::string& path) {
        check.object(value, path,
                     {{"reference", false, false, text},
                      {"type", false, false, one_of(types)},
                      {"display", false, false, text}});
        const json::value* const to =
            value.is_object() ? value.get_object().if_contains("reference") : nullptr;
        if (to == nullptr || !to->is_string()) return;
        const std::string_view target = view(to->get_string());
        const auto names = [&](std::string_view type) {
            return target.size() > type.size() + 1 && target.starts_with(type) && target[type.size()] == '/';
        };
        if (std::ranges::none_of(types, names)) check.issue("value", path + ".reference");
    };
}

void identifier(Check& check, const json::value& value, const std::string& path) {
    check.object(value, path, {{"system", true, false, uri}, {"value", true, false, text}});
}

void meta(Check& check, const json::value& value, const std::string& path) {
    check.object(value, path, {{"tag", false, true, coding({"video", "audio_only", "phone", "async_text"})}});
}

void participant(Check& check, const json::value& value, const std::string& path) {
    check.object(
        value, path,
        {{"type", false, true, codeable_concept({"ATND", "translator"})},
         {"period", false, false, period},
         {"individual", false, false, reference({"Practitioner", "PractitionerRole", "RelatedPerson"})}});
}

void length(Check& check, const json::value& value, const std::string& path) {
    const auto minutes = [](Check& inner, const json::value& number, const std::string& at) {
        if (!number.is_int64() || number.get_int64() < 0) inner.issue("value", at);
    };
    check.object(value, path,
                 {{"value", true, false, minutes},
                  {"unit", false, false, text},
                  {"system", true, false, one_of({"http://unitsofmeasure.org"})},
                  {"code", true, false, one_of({"min"})}});
}

const std::vector<Check::Element>& encounter_elements() {
    static const std::vector<Check::Element> elements = {
        {"resourceType", true, false, one_of({"Encounter"})},
        {"meta", false, false, meta},
        {"identifier", true, true, identifier},
        {"status", true, false,
         one_of({"planned", "arrived", "triaged", "in-progress", "onleave", "finished", "cancelled",
                 "entered-in-error", "unknown"})},
        {"class", true, false, coding({"VR"})},
        {"type", false, true, codeable_concept({})},
        {"subject", true, false, reference({"Patient"})},
        {"appointment", false, true, reference({"Appointment"})},
        {"participant", false, true, participant},
        {"period", true, false, period},
        {"length", false, false, length},
        {"reasonCode", false, true, codeable_concept({})},
        {"serviceProvider", false, false, reference({"Organization"})}};
    return elements;
}

std::optional<json::value> parse(std::string_view text) {
    boost::system::error_code error;
    json::parse_options options;
    options.max_depth = depth_max;
    json::value value = json::parse(to_json(text), error, {}, options);
    return error ? std::nullopt : std::optional{std::move(value)};
}

}  // namespace

std::vector<Issue> issues_of_encounter(std::string_view text) {
    const auto value = parse(text);
    Check check;
    if (!value) {
        check.issue("invalid", "Encounter");
    } else {
        check.object(*value, "Encounter", encounter_elements());
    }
    return check.take();
}

std::optional<EncounterIdentifier> identifier_of_encounter(std::string_view text) {
    const auto value = parse(text);
    if (!value) return std::nullopt;
    boost::system::error_code missing;
    const json::value* const system = value->find_pointer("/identifier/0/system", missing);
    const json::value* const name = value->find_pointer("/identifier/0/value", missing);
    if (system == nullptr || name == nullptr || !system->is_string() || !name->is_string())
        return std::nullopt;
    return EncounterIdentifier{.system = std::string{view(system->get_string())},
                               .value = std::string{view(name->get_string())}};
}

std::string with_id_and_version(std::string_view text, std::string_view id, std::string_view last_updated) {
    json::object resource{{"resourceType", "Encounter"}, {"id", to_json(id)}};
    const auto value = parse(text);
    if (value && value->is_object()) {
        for (const auto& [key, member] : value->get_object()) resource[key] = member;
    }
    json::value& meta_value = resource["meta"];
    if (!meta_value.is_object()) meta_value.emplace_object();
    meta_value.get_object()["versionId"] = "1";
    meta_value.get_object()["lastUpdated"] = to_json(last_updated);
    return json::serialize(resource);
}

std::string write_operation_outcome(const std::vector<Issue>& issues) {
    json::array list;
    for (const Issue& issue : issues) {
        list.push_back(json::object{{"severity", "error"},
                                    {"code", to_json(issue.code)},
                                    {"expression", json::array{json::string{to_json(issue.expression)}}}});
    }
    return json::serialize(json::object{{"resourceType", "OperationOutcome"}, {"issue", std::move(list)}});
}

}  // namespace vcare::fhir
