// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/cookies.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "adapters/http/paths.hpp"

namespace vcare::http {

std::optional<std::string_view> find_cookie(std::string_view header, std::string_view name) {
    while (!header.empty()) {
        const auto end = std::min(header.find(';'), header.size());
        auto pair = header.substr(0, end);
        header.remove_prefix(std::min(end + 1, header.size()));
        pair.remove_prefix(std::min(pair.find_first_not_of(" \t"), pair.size()));
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
        auto value = pair.substr(equals + 1);
        const bool is_quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
        return is_quoted ? value.substr(1, value.size() - 2) : value;
    }
    return std::nullopt;
}

std::string visit_cookie_name(const domain::ParticipantId& participant) {
    return "vcare_visit_" + participant.text();
}

std::string to_set_cookie(const VisitCookie& cookie) {
    return fmt::format("{}={}; Path={}/visit; Max-Age={}; HttpOnly; SameSite=Strict{}",
                       visit_cookie_name(cookie.participant), cookie.credential, base_path,
                       std::max<std::int64_t>(0, cookie.max_age.count()), cookie.is_secure ? "; Secure" : "");
}

}  // namespace vcare::http
