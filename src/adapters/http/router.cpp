// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/router.hpp"

#include <algorithm>

namespace vcare::http {
namespace {

int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Takes the first segment off a path that starts with a slash.
std::string_view take_segment(std::string_view& path) {
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    const auto segment = path.substr(0, end);
    path.remove_prefix(end);
    return segment;
}

/// The values of a path that has this template; nothing for another.
std::optional<std::vector<std::string>> values_of(std::string_view pattern, std::string_view path) {
    std::vector<std::string> values;
    while (!pattern.empty() && !path.empty()) {
        const auto wanted = take_segment(pattern);
        const auto segment = take_segment(path);
        if (!wanted.starts_with('{')) {
            if (wanted != segment) return std::nullopt;
            continue;
        }
        auto value = decode_percent(segment, false);
        if (!value || value->empty()) return std::nullopt;
        values.push_back(*std::move(value));
    }
    if (!pattern.empty() || !path.empty()) return std::nullopt;
    return values;
}

}  // namespace

Router::Router(std::span<const contract::Route> routes) : routes_(routes) {
}

std::optional<Match> Router::find(std::string_view method, std::string_view path) const {
    const auto wanted = method == "HEAD" ? std::string_view{"GET"} : method;
    for (const auto& route : routes_) {
        if (route.method != wanted) continue;
        if (auto values = values_of(route.path, path)) return Match{route.id, route.path, *std::move(values)};
    }
    return std::nullopt;
}

NoMatch Router::explain(std::string_view path) const {
    NoMatch answer;
    for (const auto& route : routes_) {
        if (!values_of(route.path, path)) continue;
        answer.allowed.push_back(route.method);
        if (route.method == "GET") answer.allowed.emplace_back("HEAD");
    }
    return answer;
}

std::optional<std::string> decode_percent(std::string_view text, bool plus_is_space) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '+' && plus_is_space) {
            decoded += ' ';
            continue;
        }
        if (text[at] != '%') {
            decoded += text[at];
            continue;
        }
        if (at + 2 >= text.size()) return std::nullopt;
        const int high = digit_of(text[at + 1]);
        const int low = digit_of(text[at + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        decoded += static_cast<char>(high * 16 + low);
        at += 2;
    }
    return decoded;
}

std::optional<std::vector<QueryParameter>> parse_query(std::string_view query) {
    std::vector<QueryParameter> parameters;
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (pair.empty()) continue;
        const auto equals = std::min(pair.find('='), pair.size());
        auto name = decode_percent(pair.substr(0, equals), true);
        auto value = decode_percent(pair.substr(std::min(equals + 1, pair.size())), true);
        if (!name || !value) return std::nullopt;
        parameters.push_back({*std::move(name), *std::move(value)});
    }
    return parameters;
}

}  // namespace vcare::http
