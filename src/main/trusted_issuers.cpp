// SPDX-License-Identifier: Apache-2.0
#include "main/trusted_issuers.hpp"

#include <system_error>

#include "adapters/identity/bearer_verifier.hpp"
#include "adapters/identity/remote_jwks.hpp"
#include "domain/check.hpp"
#include "main/adapter_set.hpp"

namespace vcare::program {
namespace {

using domain::StaffRole;
using identity::TrustedIssuer;

std::unique_ptr<http_client::HttpClient> make_client(const std::string& ca_file) {
    constexpr std::size_t max_body_bytes = std::size_t{256} * 1024;
    try {
        return http_client::make_http_client({.ca_file = ca_file, .max_body_bytes = max_body_bytes});
    } catch (const std::system_error& problem) {
        throw DependencyAway{problem.what()};
    }
}

std::shared_ptr<identity::JwksSource> keys_of(const IssuerNeeds& needs, const std::string& issuer,
                                              const std::string& jwks_url,
                                              const std::shared_ptr<http_client::Dependency>& dependency) {
    const auto& settings = needs.settings.identity;
    return identity::make_remote_jwks({.issuer = issuer,
                                       .jwks_url = http_client::Url::parse(jwks_url),
                                       .pace = {.fresh_for = domain::seconds{settings.keys_fresh_seconds},
                                                .kept_for = domain::seconds{settings.keys_kept_seconds},
                                                .floor = domain::seconds{settings.keys_floor_seconds}}},
                                      make_client(settings.ca_file), dependency, needs.clock,
                                      needs.telemetry);
}

/// A provider of staff's tokens does not know patients: whom it calls one would read another one's visits.
domain::EnumSet<StaffRole> roles_of_staff() {
    domain::EnumSet<StaffRole> roles;
    for (const auto& [role, word] : words_of(StaffRole{})) {
        if (role != StaffRole::patient) roles.insert(role);
    }
    return roles;
}

std::multimap<std::string, StaffRole> role_words(const std::vector<std::string>& pairs) {
    std::multimap<std::string, StaffRole> words;
    for (const std::string& pair : pairs) {
        const auto equals = pair.rfind('=');
        const auto role = domain::parse_wire<StaffRole>(std::string_view{pair}.substr(equals + 1));
        VCARE_CHECK(role.has_value(), "the setting was checked when it was read");
        words.emplace(pair.substr(0, equals), *role);
    }
    return words;
}

TrustedIssuer issuer_of_staff(const IssuerNeeds& needs,
                              const std::shared_ptr<http_client::Dependency>& dependency) {
    const auto& settings = needs.settings.identity;
    return {.issuer = settings.issuer,
            .audience = settings.audience,
            .keys = keys_of(needs, settings.issuer, settings.jwks_url, dependency),
            .may_give = roles_of_staff(),
            .claims = {.subject = settings.user_claim,
                       .tenant = settings.tenant_claim,
                       .roles = settings.role_claims,
                       .scope = settings.scope_claim,
                       .nodes = settings.node_claim,
                       .name = settings.name_claim},
            .role_words = role_words(settings.role_words),
            .clients = {settings.clients.begin(), settings.clients.end()}};
}

TrustedIssuer issuer_of_patients(const IssuerNeeds& needs,
                                 const std::shared_ptr<http_client::Dependency>& dependency) {
    const auto& settings = needs.settings.identity.patients;
    return {.issuer = settings.issuer,
            .audience = settings.audience,
            .keys = keys_of(needs, settings.issuer, settings.jwks_url, dependency),
            .may_give = {StaffRole::patient},
            .claims = {.subject = settings.patient_claim,
                       .tenant = settings.tenant_claim,
                       .roles = {},
                       .scope = settings.scope_claim},
            .gives_everybody = StaffRole::patient,
            .clients = {settings.clients.begin(), settings.clients.end()}};
}

}  // namespace

TrustedIssuers::TrustedIssuers(const IssuerNeeds& needs) {
    const auto add_dependency = [&](std::string name) {
        return dependencies_.emplace_back(std::make_shared<http_client::Dependency>(
            std::move(name), needs.clock, needs.telemetry, identity::issuer_pauses));
    };
    std::vector<TrustedIssuer> issuers;
    if (needs.embedded != nullptr) {
        issuers.push_back(needs.embedded->as_trusted());
    } else {
        issuers.push_back(issuer_of_staff(needs, add_dependency("identity")));
    }
    if (!needs.settings.identity.patients.issuer.empty())
        issuers.push_back(issuer_of_patients(needs, add_dependency("identity_patients")));
    bearers_ = identity::make_bearer_verifier(std::move(issuers), needs.clock);
}

}  // namespace vcare::program
