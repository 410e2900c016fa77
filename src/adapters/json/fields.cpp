// SPDX-License-Identifier: Apache-2.0
#include "adapters/json/fields.hpp"

#include <boost/json/parse.hpp>

namespace vcare::json {

std::optional<std::string> find_text(const object& from, std::string_view name) {
    const auto* field = from.if_contains(name);
    if (field == nullptr || !field->is_string()) return std::nullopt;
    return std::string{view_of(field->get_string())};
}

std::optional<std::int64_t> find_integer(const object& from, std::string_view name) {
    const auto* field = from.if_contains(name);
    if (field == nullptr) return std::nullopt;
    boost::system::error_code inexact;
    const auto number = field->to_number<std::int64_t>(inexact);
    if (inexact) return std::nullopt;
    return number;
}

std::optional<double> find_number(const object& from, std::string_view name) {
    const auto* field = from.if_contains(name);
    if (field == nullptr || !field->is_number()) return std::nullopt;
    return field->to_number<double>();
}

std::optional<bool> find_truth(const object& from, std::string_view name) {
    const auto* field = from.if_contains(name);
    if (field == nullptr || !field->is_bool()) return std::nullopt;
    return field->get_bool();
}

std::optional<object> parse_object(std::string_view text) {
    boost::system::error_code broken;
    auto parsed = boost::json::parse({text.data(), text.size()}, broken);
    if (broken || !parsed.is_object()) return std::nullopt;
    return std::move(parsed.get_object());
}

}  // namespace vcare::json
