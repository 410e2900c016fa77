// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/fhir/access_tokens.hpp"
#include "domain/time.hpp"

namespace vcare::fhir {

/// The signed assertion by which a client says who it is, once (RFC 7523, section 2.2).
[[nodiscard]] std::string write_client_assertion(const SmartClient& client, std::string_view once,
                                                 domain::Instant now);

/// The form that asks for a token.
[[nodiscard]] std::string write_token_request(const SmartClient& client, std::string_view assertion);

struct IssuedToken {
    std::string token;
    domain::seconds lasts{};
};

/// Nothing unless the answer has a bearer token. One that does not say how long it lasts lasts five minutes,
/// the longest that the profile recommends.
[[nodiscard]] std::optional<IssuedToken> parse_token_answer(std::string_view body);

}  // namespace vcare::fhir
