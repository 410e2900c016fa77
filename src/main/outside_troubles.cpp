// SPDX-License-Identifier: Apache-2.0
#include "main/outside_troubles.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace vcare::program {
namespace {

/// Where a dependency stands in the settings.
struct Place {
    std::string_view dependency;
    std::string url;
    std::string_view url_key;
    std::string_view credential_key;
    std::string_view ca_key;
};

std::vector<Place> places_in(const Settings& settings) {
    const bool is_token = settings.keys.url.starts_with("pkcs11:");
    const bool is_smart = !settings.fhir.smart_token_url.empty();
    return {
        {"consent", settings.consent.url, "consent.url", "consent.token", "consent.ca_file"},
        {"fhir", settings.fhir.url, is_smart ? "fhir.url and fhir.smart_token_url" : "fhir.url",
         is_smart ? "the keys fhir.smart_…" : "fhir.token", "fhir.ca_file"},
        {"keys", settings.keys.url, "keys.url", is_token ? "keys.pin" : "keys.token", "keys.ca_file"},
        {"identity", settings.identity.issuer, "identity.issuer and identity.jwks_url", "identity.issuer",
         "identity.ca_file"},
        {"identity_patients", settings.identity.patients.issuer,
         "identity.patients.issuer and identity.patients.jwks_url", "identity.patients.issuer",
         "identity.ca_file"},
        {"broker", settings.events.url, "events.url", "events.user", "events.ca_file"},
    };
}

/// What a word means that no waiting mends, and in which setting to look.
struct ForGood {
    std::string_view result;
    std::string_view meaning;
    std::string_view Place::* where;
};
constexpr auto for_good = std::to_array<ForGood>({
    {"not_allowed", "it does not let this service in", &Place::credential_key},
    {"pin_refused", "it refuses the PIN", &Place::credential_key},
    {"not_found", "there is nothing of the kind at this address", &Place::url_key},
    {"certificate_unknown_authority", "nobody who is trusted here vouches for its certificate",
     &Place::ca_key},
    {"certificate_wrong_host", "its certificate is for another host", &Place::url_key},
    {"certificate_expired", "its certificate has expired", &Place::url_key},
    {"discovery names another issuer", "it calls itself another issuer", &Place::url_key},
    {"discovery leads to keys over plain http", "it leads to its keys over plain http", &Place::url_key},
});

}  // namespace

OutsideTrouble trouble_with(const Settings& settings, std::string_view dependency, std::string_view result) {
    const std::vector<Place> places = places_in(settings);
    const auto place = std::ranges::find(places, dependency, &Place::dependency);
    const std::string_view url = place == places.end() ? std::string_view{} : place->url;
    const auto known = std::ranges::find(for_good, result, &ForGood::result);
    if (place == places.end() || known == for_good.end())
        return {std::string{dependency}, fmt::format("{} {}: {}", dependency, url, result), false};
    return {std::string{dependency},
            fmt::format("{} {}: {} ({}); look at {}", dependency, url, known->meaning, result,
                        *place.*(known->where)),
            true};
}

std::vector<OutsideTrouble> troubles_of(
    const Settings& settings, const std::vector<std::shared_ptr<http_client::Dependency>>& looked_at) {
    std::vector<OutsideTrouble> troubles;
    for (const auto& dependency : looked_at) {
        const auto health = dependency->health();
        if (health && !health->works)
            troubles.push_back(trouble_with(settings, dependency->name(), health->result));
    }
    return troubles;
}

}  // namespace vcare::program
