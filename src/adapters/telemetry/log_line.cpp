// SPDX-License-Identifier: Apache-2.0
#include "adapters/telemetry/log_line.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace vcare::telemetry {
namespace {

/// How many bytes the UTF-8 character at the front has (RFC 3629); 0 when there is none.
std::size_t character_length(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
    const unsigned lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        const bool overlong = lead == 0xE0 && byte(1) < 0xA0;
        const bool surrogate = lead == 0xED && byte(1) > 0x9F;
        return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const bool overlong = lead == 0xF0 && byte(1) < 0x90;
        const bool too_large = lead == 0xF4 && byte(1) > 0x8F;
        return continues(1) && continues(2) && continues(3) && !overlong && !too_large ? 4 : 0;
    }
    return 0;
}

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        const char c = text.front();
        const std::size_t length = character_length(text);
        if (length == 0) {
            out += "\\ufffd";
        } else if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    out += '"';
}

bool is_plain(std::string_view text) {
    const auto plain = [](char c) { return c > 0x20 && c < 0x7F && c != '"' && c != '\\' && c != '='; };
    return !text.empty() && std::ranges::all_of(text, plain);
}

}  // namespace

std::string_view word_of(application::Severity severity) {
    switch (severity) {
        case application::Severity::debug:
            return "debug";
        case application::Severity::info:
            return "info";
        case application::Severity::warning:
            return "warning";
        case application::Severity::error:
            return "error";
    }
    return "unknown";
}

std::string to_json_line(const LogEntry& entry) {
    std::string out = fmt::format(R"({{"time":"{}","level":"{}","event":)", domain::to_rfc3339(entry.at),
                                  word_of(entry.severity));
    append_quoted(out, entry.event);
    for (const auto& [name, value] : entry.fields) {
        out += ',';
        append_quoted(out, name);
        out += ':';
        append_quoted(out, value);
    }
    out += "}\n";
    return out;
}

std::string to_text_line(const LogEntry& entry) {
    constexpr std::size_t time_of_day_at = 11;
    constexpr std::size_t time_of_day_characters = 12;
    const std::string time = domain::to_rfc3339(entry.at).substr(time_of_day_at, time_of_day_characters);
    std::string out = fmt::format("{} {:7} {}", time, word_of(entry.severity), entry.event);
    for (const auto& [name, value] : entry.fields) {
        out += ' ';
        out += name;
        out += '=';
        if (is_plain(value)) {
            out += value;
        } else {
            append_quoted(out, value);
        }
    }
    out += '\n';
    return out;
}

}  // namespace vcare::telemetry
