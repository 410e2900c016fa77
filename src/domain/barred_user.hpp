// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "domain/ids.hpp"
#include "domain/time.hpp"

/// Users whose earlier sign-ins are void, because the identity service said so.
namespace vcare::domain {

/// Where a bearer comes from.
struct SignIn {
    std::optional<Instant> issued_at = {};  ///< `iat`
    std::string session = {};  ///< `sid`: the user's session with the identity provider; empty: not said
};

struct BarredUser {
    TenantId tenant;
    UserId user;
    std::string session = {};  ///< only this session's bearers; empty: those of all
    Instant barred_at;
};

/// The clocks of those who issue bearers and of those who tell of barred users may differ by this much, and
/// `iat` has no fractions. Whoever signs in again within it has to sign in once more.
inline constexpr seconds bar_tolerance{5};
/// No bearer is believed for longer after it was issued, so that a bar may be forgotten at last.
inline constexpr hours bearer_life_max{31 * 24};
/// A bar may be said to be from a few minutes ahead.
inline constexpr hours bar_life = bearer_life_max + hours{1};

/// Whether a bearer of the barred user is void: one that does not say when it was issued, or in which
/// session, counts as meant.
[[nodiscard]] bool is_void(const SignIn& bearer, const BarredUser& barred);

}  // namespace vcare::domain
