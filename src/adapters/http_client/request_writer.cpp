// SPDX-License-Identifier: Apache-2.0
#include "adapters/http_client/request_writer.hpp"

#include <algorithm>

namespace vcare::http_client {
namespace {

/// RFC 9110, section 5.6.2.
bool is_token(std::string_view text) {
    const auto allowed = [](char c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return letter || (c >= '0' && c <= '9') || std::string_view{"!#$%&'*+-.^_`|~"}.contains(c);
    };
    return !text.empty() && std::ranges::all_of(text, allowed);
}

bool is_one_line(std::string_view text) {
    return std::ranges::none_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7f;
    });
}

void append_field(std::string& wire, std::string_view name, std::string_view value) {
    wire.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::optional<std::string> write_request(const Request& request) {
    if (!is_token(request.method)) return std::nullopt;
    std::string wire = request.method + ' ' + request.url.target() + " HTTP/1.1\r\n";
    append_field(wire, "host", request.url.authority());
    for (const auto& [name, value] : request.headers) {
        if (!is_token(name) || !is_one_line(value)) return std::nullopt;
        append_field(wire, name, value);
    }
    if (request.cause.is_there()) append_field(wire, "traceparent", request.cause.to_traceparent());
    const bool asks_only = request.method == "GET" || request.method == "HEAD";
    if (!request.body.empty() || !asks_only)
        append_field(wire, "content-length", std::to_string(request.body.size()));
    return wire.append("\r\n").append(request.body);
}

}  // namespace vcare::http_client
