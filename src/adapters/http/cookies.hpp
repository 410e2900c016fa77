// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/ids.hpp"

namespace vcare::http {

/// The value of a cookie in a `Cookie` header (RFC 6265, 4.2); nothing when it is not there.
[[nodiscard]] std::optional<std::string_view> find_cookie(std::string_view header, std::string_view name);

/// The cookie that carries one participant's visit credential; several can live in one browser.
[[nodiscard]] std::string visit_cookie_name(const domain::ParticipantId& participant);

struct VisitCookie {
    domain::ParticipantId participant;
    std::string credential;
    domain::seconds max_age;
    bool is_secure = false;
};
/// The `Set-Cookie` value: for no script, for no other site, for the visit's own calls only.
[[nodiscard]] std::string to_set_cookie(const VisitCookie& cookie);

}  // namespace vcare::http
