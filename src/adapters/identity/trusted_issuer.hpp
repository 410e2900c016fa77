// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "domain/permission.hpp"

namespace vcare::identity {

class JwksSource;

/// Under which names an issuer says what we need; a name that starts with `/` is a JSON pointer (RFC 6901).
struct ClaimNames {
    std::string subject = "sub";
    std::string tenant = "tenantId";
    std::vector<std::string> roles = {"roles"};  ///< several: what all of them say counts
    std::string scope = "scope";
    std::string nodes = "nodeIds";
    std::string name = "name";
};

/// Whose tokens are believed, and in what.
struct TrustedIssuer {
    std::string issuer;    ///< the exact value of `iss`
    std::string audience;  ///< must be `aud`, or one of it
    std::shared_ptr<JwksSource> keys;
    domain::EnumSet<domain::StaffRole> may_give;
    ClaimNames claims = {};
    /// What its words for roles mean here; a word may mean several. Empty: its words are ours. Else no other
    /// word counts, so that its own `admin` is nobody here.
    std::multimap<std::string, domain::StaffRole> role_words = {};
    /// Everybody it vouches for has this role, whatever the token says of roles.
    std::optional<domain::StaffRole> gives_everybody = {};
    /// The clients whose tokens are taken (`azp`); empty: those of any client.
    std::set<std::string> clients = {};
};

}  // namespace vcare::identity
