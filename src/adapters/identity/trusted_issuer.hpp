// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <set>
#include <string>

#include "domain/permission.hpp"

namespace vcare::identity {

class JwksSource;

/// Under which names an issuer says what we need; a name that starts with `/` is a JSON pointer.
struct ClaimNames {
    std::string subject = "sub";
    std::string tenant = "tenantId";
    std::string roles = "roles";
    std::string scope = "scope";
    std::string nodes = "nodeIds";
    std::string name = "name";
};

/// Whose tokens are believed, and in what.
struct TrustedIssuer {
    std::string issuer;    ///< the exact value of `iss`
    std::string audience;  ///< must be `aud`, or one of it
    std::shared_ptr<JwksSource> keys;
    std::set<domain::StaffRole> may_give;
    ClaimNames claims = {};
};

}  // namespace vcare::identity
