// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/contract/schema_check.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "adapters/http/contract/pointer.hpp"
#include "adapters/http/contract/text_check.hpp"
#include "domain/time.hpp"

namespace vcare::http::contract {
namespace {

namespace json = boost::json;
using domain::FieldError;

/// Where the walk is: a list on the stack, written out only for an error.
struct Path {
    const Path* parent = nullptr;
    std::string_view key;
    std::optional<std::size_t> index = {};
};

void append_pointer(const Path& path, std::string& out) {
    if (path.parent == nullptr) return;
    append_pointer(*path.parent, out);
    if (path.index)
        append_step(std::to_string(*path.index), out);
    else
        append_step(path.key, out);
}

Types type_of(const json::value& value) {
    switch (value.kind()) {
        case json::kind::null:
            return null_type;
        case json::kind::bool_:
            return boolean_type;
        case json::kind::int64:
        case json::kind::uint64:
            return integer_type | number_type;
        case json::kind::double_:
            return number_type;
        case json::kind::string:
            return string_type;
        case json::kind::array:
            return array_type;
        case json::kind::object:
            return object_type;
    }
    return 0;
}

std::string describe_types(Types types) {
    static constexpr std::pair<Types, std::string_view> names[] = {
        {string_type, "text"},     {boolean_type, "true or false"}, {integer_type, "a whole number"},
        {number_type, "a number"}, {array_type, "a list"},          {object_type, "an object"},
        {null_type, "null"},
    };
    std::string said = "must be ";
    for (bool first = true; const auto& [bit, name] : names) {
        if ((types & bit) == 0) continue;
        if (!first) said += " or ";
        said += name;
        first = false;
    }
    return said;
}

std::string describe_range(const auto minimum, const auto maximum, bool has_minimum, bool has_maximum) {
    if (has_minimum && has_maximum) return fmt::format("between {} and {}", minimum, maximum);
    return has_minimum ? fmt::format("at least {}", minimum) : fmt::format("at most {}", maximum);
}

std::string describe_count(std::uint32_t minimum, std::uint32_t maximum, std::string_view unit) {
    return fmt::format("must have {} {}", describe_range(minimum, maximum, minimum > 0, maximum != unlimited),
                       unit);
}

/// What is wrong with a text, or nothing.
std::optional<std::string> problem_of_text(const SchemaTable& table, const SchemaNode& node,
                                           std::string_view text) {
    if (const auto words = table.words_of(node);
        !words.empty() && std::ranges::find(words, text) == words.end())
        return fmt::format("must be one of {}", fmt::join(words, ", "));
    if (node.min_length > 0 || node.max_length != unlimited)
        if (const auto length = count_code_points(text); length < node.min_length || length > node.max_length)
            return describe_count(node.min_length, node.max_length, "characters");
    if (node.pattern != none)
        if (const auto& pattern = table.patterns[node.pattern]; !matches(table, pattern, text))
            return fmt::format("must match {}", pattern.text);
    if (node.format == Format::date_time && !domain::parse_rfc3339(text))
        return "must be a date and time with its offset, like 2026-01-31T09:30:00Z";
    if (node.format == Format::email && !is_email(text)) return "must be an e-mail address";
    return {};
}

std::optional<std::string> problem_of_number(const SchemaNode& node, double number) {
    if (number >= node.minimum && number <= node.maximum) return {};
    return "must be " +
           describe_range(node.minimum, node.maximum, node.minimum != -no_bound, node.maximum != no_bound);
}

class Walk {
  public:
    Walk(const SchemaTable& table, std::vector<FieldError>& errors) : table_(table), errors_(errors) {}

    void check(std::uint16_t index, const json::value& value, const Path& path) {
        const auto& node = table_.nodes[index];
        if ((node.types & type_of(value)) == 0) return add(path, describe_types(node.types));
        if (const auto* text = value.if_string()) return add_if(path, problem_of_text(table_, node, *text));
        if (value.is_number()) return add_if(path, problem_of_number(node, value.to_number<double>()));
        if (const auto* array = value.if_array()) return check_array(node, *array, path);
        if (const auto* object = value.if_object()) check_object(node, *object, path);
    }

  private:
    void add(const Path& path, std::string message) {
        if (errors_.size() >= max_field_errors) return;
        FieldError& error = errors_.emplace_back();
        append_pointer(path, error.pointer);
        error.message = std::move(message);
    }
    void add_if(const Path& path, std::optional<std::string> message) {
        if (message) add(path, std::move(*message));
    }

    void check_array(const SchemaNode& node, const json::array& array, const Path& path) {
        if (array.size() < node.min_items || array.size() > node.max_items)
            return add(path, describe_count(node.min_items, node.max_items, "items"));
        if (node.items == none) return;
        for (std::size_t i = 0; i < array.size(); ++i)
            check(node.items, array[i], {.parent = &path, .index = i});
    }

    void check_object(const SchemaNode& node, const json::object& object, const Path& path) {
        const auto properties = table_.properties_of(node);
        std::uint64_t seen = 0;
        for (const auto& member : object) {
            const std::string_view key = member.key();
            const Path below{.parent = &path, .key = key};
            const auto found = std::ranges::lower_bound(properties, key, {}, &Property::name);
            if (found != properties.end() && found->name == key) {
                seen |= std::uint64_t{1} << (found - properties.begin());
                check(found->node, member.value(), below);
            } else if (node.closed) {
                add(below, describe_allowed(properties));
            }
        }
        for (std::size_t i = 0; i < properties.size(); ++i)
            if (properties[i].required && ((seen >> i) & 1U) == 0)
                add({.parent = &path, .key = properties[i].name}, "is required");
    }

    static std::string describe_allowed(std::span<const Property> properties) {
        if (properties.empty()) return "unknown field; none is allowed";
        std::string said = "unknown field; allowed: ";
        for (bool first = true; const auto& property : properties) {
            if (!first) said += ", ";
            said += property.name;
            first = false;
        }
        return said;
    }

    const SchemaTable& table_;
    std::vector<FieldError>& errors_;
};

template <class Number>
std::optional<Number> read_number(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return {};
    return number;
}

std::optional<std::string> problem_of_scalar(const SchemaTable& table, const SchemaNode& node,
                                             std::string_view text) {
    if ((node.types & string_type) != 0) return problem_of_text(table, node, text);
    if ((node.types & boolean_type) != 0)
        return text == "true" || text == "false" ? std::nullopt : std::optional{describe_types(boolean_type)};
    const auto whole = read_number<std::int64_t>(text);
    if (whole) return problem_of_number(node, static_cast<double>(*whole));
    return describe_types(node.types);
}

}  // namespace

std::vector<FieldError> check_value(const SchemaTable& table, std::uint16_t node, const json::value& value) {
    std::vector<FieldError> errors;
    Walk{table, errors}.check(node, value, Path{});
    return errors;
}

void check_text(const SchemaTable& table, std::uint16_t index, std::string_view pointer,
                std::string_view text, std::vector<FieldError>& errors) {
    const auto& node = table.nodes[index];
    if ((node.types & array_type) == 0) {
        if (auto problem = problem_of_scalar(table, node, text))
            errors.push_back({.pointer = std::string{pointer}, .message = std::move(*problem)});
        return;
    }
    const auto count = static_cast<std::size_t>(std::ranges::count(text, ',')) + 1;
    if (count > node.max_items) {
        errors.push_back({.pointer = std::string{pointer},
                          .message = describe_count(node.min_items, node.max_items, "items")});
        return;
    }
    for (std::size_t i = 0; i < count; ++i) {
        const auto comma = text.find(',');
        check_text(table, node.items, pointer, text.substr(0, comma), errors);
        if (!errors.empty()) return;
        text.remove_prefix(i + 1 < count ? comma + 1 : 0);
    }
}

}  // namespace vcare::http::contract
