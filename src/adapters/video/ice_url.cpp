// SPDX-License-Identifier: Apache-2.0
#include "adapters/video/ice_url.hpp"

#include <algorithm>
#include <array>

namespace vcare::video {
namespace {

constexpr std::array<std::string_view, 4> schemes = {"stun", "stuns", "turn", "turns"};

bool is_port(std::string_view text) {
    const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    return digits && !text.empty() && text.size() <= 5 && text.front() != '0';
}

bool is_host(std::string_view text) {
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:";
    return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

/// Takes `?transport=…` off the end; nothing when there is a query that says anything else.
std::optional<IceTransport> take_transport(std::string_view& text, bool over_tls) {
    const auto query = text.find('?');
    if (query == std::string_view::npos) return over_tls ? IceTransport::tcp : IceTransport::udp;
    const std::string_view said = text.substr(query + 1);
    text = text.substr(0, query);
    if (said == "transport=udp") return IceTransport::udp;
    if (said == "transport=tcp") return IceTransport::tcp;
    return std::nullopt;
}

}  // namespace

std::optional<IceUrl> parse_ice_url(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    IceUrl url{.scheme = std::string{text.substr(0, colon)}};
    if (std::ranges::find(schemes, url.scheme) == schemes.end()) return std::nullopt;
    const bool over_tls = url.scheme.ends_with('s');
    text.remove_prefix(colon + 1);

    const bool may_have_query = url.scheme.starts_with("turn");
    if (!may_have_query && text.contains('?')) return std::nullopt;
    const auto transport = take_transport(text, over_tls);
    if (!transport) return std::nullopt;
    url.transport = *transport;

    std::string_view port = over_tls ? "5349" : "3478";
    if (text.starts_with('[')) {
        const auto bracket = text.find(']');
        if (bracket == std::string_view::npos) return std::nullopt;
        url.host = std::string{text.substr(1, bracket - 1)};
        text.remove_prefix(bracket + 1);
        if (text.starts_with(':')) {
            port = text.substr(1);
        } else if (!text.empty()) {
            return std::nullopt;
        }
    } else {
        const auto last_colon = text.find(':');
        url.host = std::string{text.substr(0, last_colon)};
        if (last_colon != std::string_view::npos) port = text.substr(last_colon + 1);
    }
    if (!is_host(url.host) || !is_port(port)) return std::nullopt;
    url.port = std::string{port};
    return url;
}

}  // namespace vcare::video
