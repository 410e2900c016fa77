// SPDX-License-Identifier: Apache-2.0
#include "adapters/json/sign_in_codec.hpp"

#include <boost/json.hpp>

namespace vcare::json {

using boost::json::object;

std::string encode_sign_in(const SignInPlace& place) {
    object document;
    if (!place.client_id.empty())
        document = {{"issuer", place.issuer}, {"clientId", place.client_id}, {"scope", place.scope}};
    return boost::json::serialize(document);
}

std::string encode_me(const domain::Caller& caller, domain::Instant expires_at) {
    boost::json::array roles;
    for (const domain::StaffRole role : caller.roles)
        roles.emplace_back(boost::json::string{domain::to_wire(role)});
    object document{{"userId", caller.user.text()},
                    {"tenantId", caller.tenant.text()},
                    {"roles", std::move(roles)},
                    {"expiresAt", domain::to_rfc3339(expires_at)}};
    if (!caller.name.empty()) document["name"] = caller.name;
    return boost::json::serialize(document);
}

}  // namespace vcare::json
