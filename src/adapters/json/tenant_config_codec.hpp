// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "domain/tenant_config.hpp"

namespace vcare::json {

/// The settings as one JSON document, to be stored; `decode_tenant_config` gives the same back. A setting
/// that is absent from the text takes its default, so that a document stored before a setting existed reads.
[[nodiscard]] std::string encode_tenant_config(const domain::TenantConfig& config);
[[nodiscard]] std::optional<domain::TenantConfig> decode_tenant_config(std::string_view text);

/// What `GET /config` answers: the settings and what the server owns.
[[nodiscard]] std::string encode_stored_config(const domain::StoredTenantConfig& stored);
/// What anybody may know.
[[nodiscard]] std::string encode_public_config(const domain::TenantConfig& config);

/// The settings of a document that has the form of the contract.
[[nodiscard]] domain::TenantConfig to_tenant_config(const boost::json::object& document);
[[nodiscard]] boost::json::object to_json(const domain::Branding& branding);

}  // namespace vcare::json
