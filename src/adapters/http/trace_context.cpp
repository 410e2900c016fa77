// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/trace_context.hpp"

#include <algorithm>
#include <span>

namespace vcare::http {
namespace {

constexpr std::size_t max_request_id = 128;
constexpr std::size_t trace_id_digits = 32;
constexpr std::size_t traceparent_length = 55;

bool is_hex(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_zero(std::string_view text) {
    return text.find_first_not_of('0') == std::string_view::npos;
}

/// `00-<32 hex>-<16 hex>-<2 hex>`; a later version may be longer and still begins like this.
std::optional<std::string_view> trace_of(std::string_view traceparent) {
    constexpr std::size_t length = traceparent_length;
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

void TraceIds::append(std::string& text, std::size_t size) {
    constexpr std::string_view digits = "0123456789abcdef";
    if (block_.size() - used_ < size) {
        randomness_.fill(block_);
        used_ = 0;
    }
    for (const auto byte : std::span{block_}.subspan(used_, size)) {
        text += digits[std::to_integer<unsigned>(byte) >> 4U];
        text += digits[std::to_integer<unsigned>(byte) & 15U];
    }
    used_ += size;
}

application::RequestContext context_of(const Request& request, TraceIds& ids) {
    application::RequestContext context;
    const auto given = request.headers.find("traceparent");
    const auto trace = given ? trace_of(*given) : std::nullopt;
    if (trace) {
        context.trace_id = *trace;
    } else {
        context.trace_id.reserve(trace_id_digits);
        ids.append(context.trace_id, trace_id_digits / 2);
    }
    context.traceparent.reserve(traceparent_length);
    context.traceparent.append("00-").append(context.trace_id).append("-");
    ids.append(context.traceparent, 8);
    context.traceparent.append("-").append(trace ? given->substr(53, 2) : std::string_view{"01"});
    const auto request_id = request.headers.find("X-Request-Id");
    if (request_id && is_request_id(*request_id)) {
        context.request_id = *request_id;
    } else {
        context.request_id.reserve(trace_id_digits);
        ids.append(context.request_id, trace_id_digits / 2);
    }
    context.remote_address = request.remote_address;
    return context;
}

}  // namespace vcare::http
