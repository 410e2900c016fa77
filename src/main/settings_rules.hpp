// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "main/settings.hpp"

namespace vcare::program {

// Rules for one text: each says what is wrong with it, or nothing.
[[nodiscard]] std::string listen_address(std::string_view value);
[[nodiscard]] std::string web_origin(std::string_view value);
[[nodiscard]] std::string network(std::string_view value);
[[nodiscard]] std::string logo_host(std::string_view value);
[[nodiscard]] std::string not_empty(std::string_view value);
[[nodiscard]] std::string opaque_id(std::string_view value);
[[nodiscard]] std::string ice_url(std::string_view value);
[[nodiscard]] std::string log_level(std::string_view value);
[[nodiscard]] std::string log_format(std::string_view value);
[[nodiscard]] std::string consent_capture(std::string_view value);
/// `embedded:`, or the URL of a service.
[[nodiscard]] std::string embedded_or_service(std::string_view value);
[[nodiscard]] std::string service_or_empty(std::string_view value);
/// `embedded:`, or what an issuer of tokens may be called: a URL without a query, over TLS or on this
/// machine.
[[nodiscard]] std::string issuer_url(std::string_view value);
[[nodiscard]] std::string issuer_or_empty(std::string_view value);
/// A URL over TLS, or plain on this machine.
[[nodiscard]] std::string loopback_or_https_or_empty(std::string_view value);
/// `WORD=ROLE` with a role of ours.
[[nodiscard]] std::string regional_ice_url(std::string_view value);
[[nodiscard]] std::string role_word(std::string_view value);
/// Scopes with `openid` among them.
[[nodiscard]] std::string openid_scope(std::string_view value);

// What this version has: anything else is refused in one sentence.
[[nodiscard]] std::string event_mapping(std::string_view value);
[[nodiscard]] std::string keys_url(std::string_view value);
[[nodiscard]] std::string folder_or_empty(std::string_view value);
/// Words separated by slashes, as mounts and namespaces of Vault have.
[[nodiscard]] std::string vault_path(std::string_view value);
[[nodiscard]] std::string vault_path_or_empty(std::string_view value);
/// What names of keys begin with.
[[nodiscard]] std::string key_name_prefix(std::string_view value);
[[nodiscard]] std::string store_url(std::string_view value);
[[nodiscard]] std::string broker_url(std::string_view value);
[[nodiscard]] std::string only_embedded(std::string_view value);
[[nodiscard]] std::string notify_url(std::string_view value);
[[nodiscard]] std::string not_yet(std::string_view value);

/// A key whose value does not go with the rest.
struct RuleProblem {
    std::string_view key;
    std::string message;
};

/// What `production = true` refuses, each by its key, with the setting to change. Empty outside production.
[[nodiscard]] std::vector<RuleProblem> production_problems(const Settings& settings);
/// Links are to go out as events, and there is no broker that they go to.
[[nodiscard]] bool brings_links_to_nobody(const Settings& settings);
/// Keys that only make sense together.
[[nodiscard]] std::vector<RuleProblem> combination_problems(const Settings& settings);

}  // namespace vcare::program
