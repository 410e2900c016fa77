// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/http_client/url.hpp"

/// OpenID Connect Discovery 1.0: where an issuer says what it is and where its keys are.
namespace vcare::identity {

/// Where the document of an issuer is (section 4); nothing when the issuer is no http or https URL.
[[nodiscard]] std::optional<http_client::Url> discovery_url(std::string_view issuer);

/// Where the keys are, or what is wrong with the document, in a few words. It has to name exactly this issuer
/// (section 4.3), and may not lead from https to http.
[[nodiscard]] std::expected<http_client::Url, std::string_view> parse_discovery(std::string_view json,
                                                                                std::string_view issuer);

}  // namespace vcare::identity
