// SPDX-License-Identifier: Apache-2.0
#include "main/outside_services.hpp"

#include <fstream>
#include <iterator>
#include <system_error>

#include <sys/stat.h>

#include "adapters/consent/embedded_consent_service.hpp"
#include "adapters/consent/http_consent_service.hpp"
#include "adapters/fhir/access_tokens.hpp"
#include "adapters/fhir/embedded_fhir_keeper.hpp"
#include "adapters/fhir/fhir_gateway.hpp"
#include "adapters/fhir/http_fhir_transport.hpp"
#include "adapters/http_client/traced_http_client.hpp"
#include "application/tenant_authority.hpp"
#include "domain/check.hpp"
#include "main/adapter_set.hpp"

namespace vcare::program {
namespace {

std::unique_ptr<http_client::HttpClient> make_client(const std::string& ca_file,
                                                     application::Telemetry& telemetry) {
    try {
        return http_client::make_traced_http_client(http_client::make_http_client({.ca_file = ca_file}),
                                                    telemetry);
    } catch (const std::system_error& problem) {
        throw DependencyAway{problem.what()};
    }
}

http_client::Url url_in(const std::string& setting) {
    const auto url = http_client::Url::parse(setting);
    VCARE_CHECK(url.has_value(), "a setting that is a URL was parsed when it was read");
    return *url;
}

crypto::Rs384Key read_key(const std::string& path) {
    struct stat about{};
    if (::stat(path.c_str(), &about) != 0) throw DependencyAway{"cannot read " + path};
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        throw DependencyAway{path + " is a key that others may read, give it mode 0600"};
    std::ifstream stream{path, std::ios::binary};
    const std::string pem{std::istreambuf_iterator<char>{stream}, {}};
    auto key = crypto::Rs384Key::parse_pem(pem);
    if (!key) throw DependencyAway{path + " holds no private RSA key of 2048 bits or more in PEM"};
    return std::move(*key);
}

std::unique_ptr<fhir::AccessTokens> make_tokens(const OutsideNeeds& needs, http_client::HttpClient& client) {
    const auto& fhir = needs.settings.fhir;
    if (fhir.smart_token_url.empty()) return fhir::make_fixed_token(fhir.token);
    return fhir::make_smart_tokens({.token_url = url_in(fhir.smart_token_url),
                                    .client_id = fhir.smart_client_id,
                                    .key_id = fhir.smart_key_id,
                                    .scope = fhir.smart_scope,
                                    .key = read_key(fhir.smart_key_file)},
                                   client, needs.clock, needs.randomness, needs.telemetry);
}

}  // namespace

OutsideServices::OutsideServices(const OutsideNeeds& needs) {
    make_consent(needs);
    make_record(needs);
}

void OutsideServices::make_consent(const OutsideNeeds& needs) {
    const auto& settings = needs.settings.consent;
    if (settings.url == "embedded:") {
        consent_ = consent::make_embedded_consent_service(needs.clock);
        return;
    }
    const auto owner = std::make_shared<http_client::Dependency>("consent", needs.clock, needs.telemetry,
                                                                 consent::consent_pauses);
    dependencies_.push_back(owner);
    consent_ = consent::make_http_consent_service(
        {.url = url_in(settings.url), .token = settings.token, .takes_records = settings.capture == "on"},
        make_client(settings.ca_file, needs.telemetry), owner, needs.clock, needs.randomness,
        needs.telemetry);
}

void OutsideServices::make_record(const OutsideNeeds& needs) {
    const auto& settings = needs.settings.fhir;
    const auto server = std::make_shared<http_client::Dependency>("fhir", needs.clock, needs.telemetry);
    std::unique_ptr<fhir::FhirTransport> transport;
    if (settings.url == "embedded:") {
        transport = fhir::make_embedded_fhir_keeper(needs.encounters, needs.clock, needs.randomness);
    } else {
        dependencies_.push_back(server);
        record_client_ = make_client(settings.ca_file, needs.telemetry);
        transport = fhir::make_http_fhir_transport(url_in(settings.url), make_tokens(needs, *record_client_),
                                                   *record_client_);
    }
    record_ = fhir::make_fhir_gateway(std::move(transport), settings.identifier_system, server, needs.clock,
                                      needs.randomness, needs.telemetry);
}

domain::TenantScope nobody() {
    return application::TenantAuthority::of_operator(domain::TenantId::parse("vcare-check").value());
}

}  // namespace vcare::program
