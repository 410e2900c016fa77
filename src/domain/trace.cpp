// SPDX-License-Identifier: Apache-2.0
#include "domain/trace.hpp"

namespace vcare::domain {
namespace {

constexpr std::size_t traceparent_length = 55;
constexpr std::string_view digits = "0123456789abcdef";
constexpr unsigned sampled_flag = 1;

void append_hex(std::string& text, std::span<const std::uint8_t> bytes) {
    for (const std::uint8_t byte : bytes) {
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
}

/// False when a character is no digit in lower case.
bool read_hex(std::string_view text, std::span<std::uint8_t> bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto high = digits.find(text[2 * i]);
        const auto low = digits.find(text[2 * i + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos) return false;
        bytes[i] = static_cast<std::uint8_t>(high << 4U | low);
    }
    return true;
}

}  // namespace

std::optional<TraceContext> TraceContext::parse(std::string_view traceparent) {
    constexpr std::size_t length = traceparent_length;
    if (traceparent.size() < length) return std::nullopt;
    const bool has_dashes = traceparent[2] == '-' && traceparent[35] == '-' && traceparent[52] == '-';
    std::array<std::uint8_t, 1> version{};
    std::array<std::uint8_t, 1> flags{};
    TraceContext context;
    const bool is_all_hex =
        read_hex(traceparent, version) && read_hex(traceparent.substr(3), context.trace) &&
        read_hex(traceparent.substr(36), context.span) && read_hex(traceparent.substr(53), flags);
    if (!has_dashes || !is_all_hex || version[0] == 0xff) return std::nullopt;
    const bool is_longer = traceparent.size() > length;
    if (is_longer && (version[0] == 0 || traceparent[length] != '-')) return std::nullopt;
    if (!context.is_there() || context.span == SpanId{}) return std::nullopt;
    context.sampled = (flags[0] & sampled_flag) != 0;
    return context;
}

std::string TraceContext::to_traceparent() const {
    if (!is_there()) return {};
    std::string text = "00-";
    text.reserve(traceparent_length);
    append_hex(text, trace);
    text += '-';
    append_hex(text, span);
    text += sampled ? "-01" : "-00";
    return text;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
    std::string text;
    text.reserve(2 * bytes.size());
    append_hex(text, bytes);
    return text;
}

}  // namespace vcare::domain
