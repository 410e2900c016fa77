// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/trace_context.hpp"

#include <algorithm>
#include <vector>

namespace vcare::http {
namespace {

constexpr std::size_t max_request_id = 128;

bool is_hex(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_zero(std::string_view text) {
    return text.find_first_not_of('0') == std::string_view::npos;
}

/// `00-<32 hex>-<16 hex>-<2 hex>`; a later version may be longer and still begins like this.
std::optional<std::string_view> trace_of(std::string_view traceparent) {
    constexpr std::size_t length = 55;
    if (traceparent.size() < length) return std::nullopt;
    const auto version = traceparent.substr(0, 2);
    const auto trace = traceparent.substr(3, 32);
    const auto parent = traceparent.substr(36, 16);
    const auto flags = traceparent.substr(53, 2);
    const bool has_dashes = traceparent[2] == '-' && traceparent[35] == '-' && traceparent[52] == '-';
    const bool is_all_hex = is_hex(version) && is_hex(trace) && is_hex(parent) && is_hex(flags);
    const bool has_right_length = version == "00"
                                      ? traceparent.size() == length
                                      : traceparent.size() == length || traceparent[length] == '-';
    if (!has_dashes || !is_all_hex || !has_right_length) return std::nullopt;
    if (version == "ff" || is_zero(trace) || is_zero(parent)) return std::nullopt;
    return trace;
}

bool is_request_id(std::string_view text) {
    const auto is_visible = [](char c) { return c > ' ' && c < 0x7f; };
    return !text.empty() && text.size() <= max_request_id && std::ranges::all_of(text, is_visible);
}

}  // namespace

std::string random_hex(application::Randomness& randomness, std::size_t size) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::vector<std::byte> bytes(size);
    randomness.fill(bytes);
    std::string text;
    text.reserve(size * 2);
    for (const auto byte : bytes) {
        text += digits[std::to_integer<unsigned>(byte) >> 4U];
        text += digits[std::to_integer<unsigned>(byte) & 15U];
    }
    return text;
}

application::RequestContext context_of(const Request& request, application::Randomness& randomness) {
    application::RequestContext context;
    const auto given = request.headers.find("traceparent");
    const auto trace = given ? trace_of(*given) : std::nullopt;
    const auto sampled = trace ? given->substr(53, 2) : std::string_view{"01"};
    // One draw for everything that is made here.
    const auto random = random_hex(randomness, 40);
    context.trace_id = trace ? std::string{*trace} : random.substr(0, 32);
    context.traceparent = "00-" + context.trace_id + "-" + random.substr(32, 16) + "-" + std::string{sampled};
    const auto request_id = request.headers.find("X-Request-Id");
    context.request_id =
        request_id && is_request_id(*request_id) ? std::string{*request_id} : random.substr(48, 32);
    context.remote_address = request.remote_address;
    return context;
}

}  // namespace vcare::http
