// SPDX-License-Identifier: Apache-2.0
#include "adapters/identity/discovery_codec.hpp"

#include <boost/json.hpp>

namespace vcare::identity {
namespace {

namespace json = boost::json;

std::string text_at(const json::object& from, std::string_view name) {
    const json::value* const member = from.if_contains({name.data(), name.size()});
    if (member == nullptr || !member->is_string()) return {};
    return {member->get_string().data(), member->get_string().size()};
}

}  // namespace

std::optional<http_client::Url> discovery_url(std::string_view issuer) {
    // A slash at the end is taken off before the well-known path follows.
    if (issuer.ends_with('/')) issuer.remove_suffix(1);
    return http_client::Url::parse(std::string{issuer} + "/.well-known/openid-configuration");
}

std::expected<http_client::Url, std::string_view> parse_discovery(std::string_view text,
                                                                  std::string_view issuer) {
    boost::system::error_code problem;
    const json::value document = json::parse({text.data(), text.size()}, problem);
    if (problem || !document.is_object()) return std::unexpected{"discovery is no JSON object"};
    if (text_at(document.get_object(), "issuer") != issuer)
        return std::unexpected{"discovery names another issuer"};
    const auto keys = http_client::Url::parse(text_at(document.get_object(), "jwks_uri"));
    if (!keys) return std::unexpected{"discovery names no keys"};
    const bool leaves_tls = issuer.starts_with("https:") && !keys->is_secure();
    if (leaves_tls) return std::unexpected{"discovery leads to keys over plain http"};
    return *keys;
}

}  // namespace vcare::identity
