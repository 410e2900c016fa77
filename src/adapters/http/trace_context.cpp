// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/trace_context.hpp"

#include <algorithm>

namespace vcare::http {
namespace {

constexpr std::size_t max_request_id = 128;
constexpr std::size_t request_id_bytes = 16;

bool is_request_id(std::string_view text) {
    const auto is_visible = [](char c) { return c > ' ' && c < 0x7f; };
    return !text.empty() && text.size() <= max_request_id && std::ranges::all_of(text, is_visible);
}

}  // namespace

std::span<const std::byte> TraceIds::draw(std::size_t size) {
    if (block_.size() - used_ < size) {
        randomness_.fill(block_);
        used_ = 0;
    }
    const auto drawn = std::span{block_}.subspan(used_, size);
    used_ += size;
    return drawn;
}

void TraceIds::fill(std::span<std::uint8_t> id) {
    std::ranges::transform(draw(id.size()), id.begin(),
                           [](std::byte byte) { return std::to_integer<std::uint8_t>(byte); });
}

std::string TraceIds::hex(std::size_t size) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * size);
    for (const std::byte byte : draw(size)) {
        text += digits[std::to_integer<unsigned>(byte) >> 4U];
        text += digits[std::to_integer<unsigned>(byte) & 15U];
    }
    return text;
}

std::optional<domain::TraceContext> caller_of(const Request& request) {
    const auto given = request.headers.find("traceparent");
    return given ? domain::TraceContext::parse(*given) : std::nullopt;
}

application::RequestContext context_of(const Request& request,
                                       const std::optional<domain::TraceContext>& caller, TraceIds& ids) {
    domain::TraceContext trace = caller.value_or(domain::TraceContext{});
    if (!caller) ids.fill(trace.trace);
    ids.fill(trace.span);
    auto context = application::RequestContext::of(trace);
    const auto request_id = request.headers.find("X-Request-Id");
    const bool is_usable = request_id && is_request_id(*request_id);
    context.request_id = is_usable ? std::string{*request_id} : ids.hex(request_id_bytes);
    context.remote_address = request.remote_address;
    return context;
}

}  // namespace vcare::http
