// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/raw_head.hpp"

#include <algorithm>

#include "adapters/http/message.hpp"

namespace vcare::http {
namespace {

constexpr std::string_view line_end = "\r\n";

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_forbidden(char c) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_control = byte < 0x20 && c != '\t';
    return is_control || byte == 0x7f;
}

bool is_all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// What decides where a request ends and whom it is for.
struct Framing {
    int hosts = 0;
    int lengths = 0;
    int encodings = 0;
    bool length_is_odd = false;
    bool encoding_is_odd = false;

    void note(std::string_view name, std::string_view value) {
        if (equal_ignoring_case(name, "host")) ++hosts;
        if (equal_ignoring_case(name, "content-length")) {
            ++lengths;
            length_is_odd |= !is_all_digits(value);
        }
        if (equal_ignoring_case(name, "transfer-encoding")) {
            ++encodings;
            encoding_is_odd |= !equal_ignoring_case(value, "chunked");
        }
    }

    [[nodiscard]] std::optional<std::string_view> fault(bool is_1_0) const {
        if (hosts > 1) return "There is more than one Host.";
        if (hosts == 0 && !is_1_0) return "Host is missing.";
        if (lengths > 1) return "There is more than one Content-Length.";
        if (length_is_odd) return "Content-Length is not a number.";
        if (encodings > 1 || encoding_is_odd) return "Transfer-Encoding is something other than chunked.";
        if (encodings == 1 && is_1_0) return "HTTP/1.0 has no Transfer-Encoding.";
        if (encodings == 1 && lengths == 1) return "Transfer-Encoding and Content-Length exclude each other.";
        return std::nullopt;
    }
};

}  // namespace

std::optional<std::string_view> fault_in_head(std::string_view head) {
    auto end = head.find(line_end);
    const auto request_line = head.substr(0, end);
    if (std::ranges::any_of(request_line, is_forbidden)) return "The request line has a control character.";
    const bool is_1_0 = request_line.ends_with(" HTTP/1.0");
    if (!is_1_0 && !request_line.ends_with(" HTTP/1.1")) return "The request is not HTTP/1.1.";

    Framing framing;
    while (end != std::string_view::npos) {
        head.remove_prefix(end + line_end.size());
        end = head.find(line_end);
        const auto line = head.substr(0, end);
        if (line.empty()) return framing.fault(is_1_0);
        if (line.front() == ' ' || line.front() == '\t') return "A header line is folded.";
        if (std::ranges::any_of(line, is_forbidden)) return "A header has a control character.";
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0) return "A header line has no name.";
        const auto name = line.substr(0, colon);
        if (name.find_first_of(" \t") != std::string_view::npos) return "A header's name has a blank.";
        framing.note(name, trimmed(line.substr(colon + 1)));
    }
    return "The head has no end.";
}

}  // namespace vcare::http
