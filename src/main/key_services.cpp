// SPDX-License-Identifier: Apache-2.0
#include "main/key_services.hpp"

#include <system_error>

#include "adapters/keys/file_keys.hpp"
#include "adapters/keys/key_folder.hpp"
#include "adapters/keys/pkcs11_keys.hpp"
#include "adapters/keys/vault_keys.hpp"
#include "domain/check.hpp"
#include "main/adapter_set.hpp"

namespace vcare::program {
namespace {

constexpr std::string_view vault_scheme = "vault:";

std::unique_ptr<keys::KeyEncryption> make_vault(const KeyNeeds& needs,
                                                const std::shared_ptr<http_client::Dependency>& service) {
    const auto& settings = needs.settings.keys;
    auto url = http_client::Url::parse(settings.url.substr(vault_scheme.size()));
    VCARE_CHECK(url.has_value(), "the setting was parsed when it was read");
    try {
        return keys::make_vault_keys({.url = std::move(*url),
                                      .token = settings.token,
                                      .mount = settings.vault_mount,
                                      .name_space = settings.vault_namespace,
                                      .name_prefix = settings.name_prefix},
                                     http_client::make_http_client({.ca_file = settings.ca_file}), service,
                                     needs.clock, needs.telemetry);
    } catch (const std::system_error& problem) {
        throw DependencyAway{problem.what()};
    }
}

std::unique_ptr<keys::KeyEncryption> make_encryption(
    const KeyNeeds& needs, const std::shared_ptr<http_client::Dependency>& service) {
    const auto& settings = needs.settings.keys;
    if (settings.url.starts_with(vault_scheme)) return make_vault(needs, service);
    auto uri = keys::Pkcs11Uri::parse(settings.url);
    VCARE_CHECK(uri.has_value(), "the setting was parsed when it was read");
    return keys::make_pkcs11_keys(keys::make_pkcs11_token(std::move(*uri), settings.pin),
                                  static_cast<unsigned>(settings.sessions), service, needs.clock,
                                  needs.telemetry);
}

keys::EnvelopeSettings envelope_settings(const Settings& settings) {
    return {.name_prefix = settings.keys.name_prefix,
            .kept_for = std::chrono::seconds{settings.keys.kept_seconds},
            .tenants_max = static_cast<std::size_t>(settings.keys.kept_tenants)};
}

}  // namespace

KeyServices::KeyServices(const KeyNeeds& needs) {
    const Settings& settings = needs.settings;
    try {
        if (is_embedded_issuer(settings)) {
            issuer_.emplace(keys::KeyFolder{issuer_folder(settings)}.signing_key("issuer"),
                            settings.identity.audience);
        }
        if (are_keys_in_files(settings)) keys_ = keys::make_file_keys(keys::KeyFolder{keys_folder(settings)});
    } catch (const std::runtime_error& problem) {
        throw DependencyAway{problem.what()};
    }
    if (keys_) return;
    dependency_ = std::make_shared<http_client::Dependency>("keys", needs.clock, needs.telemetry,
                                                            keys::key_service_pauses);
    auto envelope = keys::make_envelope_keys(envelope_settings(settings), make_encryption(needs, dependency_),
                                             needs.wrapped_keys, needs.clock);
    envelope_ = envelope.get();
    keys_ = std::move(envelope);
}

}  // namespace vcare::program
