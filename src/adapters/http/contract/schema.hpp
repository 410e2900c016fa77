// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

/// JSON Schemas as tables of constants: what the contract generator writes and `check_value` walks.
namespace vcare::http::contract {

using Types = std::uint8_t;
inline constexpr Types null_type = 1;
inline constexpr Types boolean_type = 2;
inline constexpr Types integer_type = 4;
inline constexpr Types number_type = 8;
inline constexpr Types string_type = 16;
inline constexpr Types array_type = 32;
inline constexpr Types object_type = 64;
inline constexpr Types any_type = 127;

enum class Format : std::uint8_t { none, date_time, email };

inline constexpr std::uint16_t none = 0xffff;  ///< no pattern, no items
inline constexpr std::uint32_t unlimited = 0xffffffff;
inline constexpr double no_bound = std::numeric_limits<double>::infinity();

/// One kind of value. Lengths count code points; ranges index the arrays of the `SchemaTable`.
struct SchemaNode {
    Types types = any_type;
    Format format = Format::none;
    bool closed = false;  ///< an object has no properties but those named
    std::uint16_t pattern = none;
    std::uint16_t items = none;
    std::uint16_t first_property = 0;
    std::uint16_t property_count = 0;  ///< at most 64
    std::uint16_t first_word = 0;
    std::uint16_t word_count = 0;  ///< 0: any string
    std::uint32_t min_length = 0;
    std::uint32_t max_length = unlimited;
    std::uint32_t min_items = 0;
    std::uint32_t max_items = unlimited;
    double minimum = -no_bound;
    double maximum = no_bound;
};

/// Those of one node are sorted by name.
struct Property {
    std::string_view name;
    std::uint16_t node = 0;
    bool required = false;
};

/// Either a literal, or min to max characters of a set (a bit for each ASCII character).
struct PatternPart {
    std::string_view literal;
    std::array<std::uint64_t, 2> set{};
    std::uint16_t min = 0;
    std::uint16_t max = 0;
};

/// A regular expression of the subset that is matched in one pass; `text` is what people are told.
struct Pattern {
    std::string_view text;
    std::uint16_t first_part = 0;
    std::uint16_t part_count = 0;
};

struct SchemaTable {
    std::span<const SchemaNode> nodes;
    std::span<const Property> properties;
    std::span<const std::string_view> words;
    std::span<const Pattern> patterns;
    std::span<const PatternPart> parts;

    [[nodiscard]] std::span<const Property> properties_of(const SchemaNode& node) const {
        return properties.subspan(node.first_property, node.property_count);
    }
    [[nodiscard]] std::span<const std::string_view> words_of(const SchemaNode& node) const {
        return words.subspan(node.first_word, node.word_count);
    }
};

}  // namespace vcare::http::contract
