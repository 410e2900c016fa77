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

/// The values of a path that has this template; nothing when one of them is not well encoded.
std::optional<std::vector<std::string>> values_of(std::string_view pattern, std::string_view path) {
    std::vector<std::string> values;
    while (!pattern.empty()) {
        const auto wanted = take_segment(pattern);
        const auto segment = take_segment(path);
        if (!wanted.starts_with('{')) continue;
        auto value = decode_percent(segment, false);
        if (!value || value->empty()) return std::nullopt;
        values.push_back(*std::move(value));
    }
    return values;
}

}  // namespace

Router::Router(std::span<const contract::Route> routes) {
    for (const auto& route : routes) {
        std::size_t node = 0;
        for (auto rest = route.path; !rest.empty();) node = next_node(node, take_segment(rest));
        nodes_[node].routes.push_back(&route);
    }
}

/// The node behind `segment`, made when it is not there yet.
std::size_t Router::next_node(std::size_t node, std::string_view segment) {
    const auto made = nodes_.size();
    if (segment.starts_with('{')) {
        if (nodes_[node].variable) return *nodes_[node].variable;
        nodes_[node].variable = made;
    } else {
        for (const auto& [known, next] : nodes_[node].fixed) {
            if (known == segment) return next;
        }
        nodes_[node].fixed.emplace_back(segment, made);
    }
    nodes_.emplace_back();
    return made;
}

/// Visits the routes of every end that the path leads to, a fixed segment before one that varies, until
/// `visit` says that it has what it wants.
template <class Visit>
bool Router::visit_ends(std::size_t node, std::string_view path, const Visit& visit) const {
    const Node& here = nodes_[node];
    if (path.empty()) return std::ranges::any_of(here.routes, visit);
    if (path.front() != '/') return false;
    const auto segment = take_segment(path);
    for (const auto& [known, next] : here.fixed) {
        if (known == segment && visit_ends(next, path, visit)) return true;
    }
    return here.variable && !segment.empty() && visit_ends(*here.variable, path, visit);
}

std::optional<Match> Router::find(std::string_view method, std::string_view path) const {
    const auto wanted = method == "HEAD" ? std::string_view{"GET"} : method;
    std::optional<Match> match;
    visit_ends(0, path, [&](const contract::Route* route) {
        if (route->method != wanted) return false;
        auto values = values_of(route->path, path);
        if (values) match = Match{route->id, route->path, *std::move(values)};
        return match.has_value();
    });
    return match;
}

NoMatch Router::explain(std::string_view path) const {
    NoMatch answer;
    visit_ends(0, path, [&](const contract::Route* route) {
        if (!values_of(route->path, path)) return false;
        answer.allowed.push_back(route->method);
        if (route->method == "GET") answer.allowed.emplace_back("HEAD");
        return false;
    });
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
