// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/cryptography.hpp"

/// The JSON of a join token's two readable parts.
namespace vcare::keys {

/// `{"alg":"HS256","kid":"<key version>","typ":"JWT"}`
[[nodiscard]] std::string write_join_token_header(unsigned key_version);
/// The key version; nothing for any other header, whatever else it may be good for.
[[nodiscard]] std::optional<unsigned> parse_join_token_header(std::string_view json);

[[nodiscard]] std::string write_join_token_claims(const application::JoinTokenClaims& claims);
/// Nothing when a claim is missing, has a wrong type or is no value of ours.
[[nodiscard]] std::optional<application::JoinTokenClaims> parse_join_token_claims(std::string_view json);

}  // namespace vcare::keys
