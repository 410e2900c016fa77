// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "domain/permission.hpp"
#include "domain/time.hpp"

namespace vcare::json {

/// Where the staff pages sign in; all empty where they take a token.
struct SignInPlace {
    std::string issuer;
    std::string client_id;
    std::string scope;
};
[[nodiscard]] std::string encode_sign_in(const SignInPlace& place);

/// Who is signed in, and until when.
[[nodiscard]] std::string encode_me(const domain::Caller& caller, domain::Instant expires_at);

}  // namespace vcare::json
