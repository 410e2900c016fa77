// SPDX-License-Identifier: Apache-2.0
#include "main/options.hpp"

#include "adapters/http_client/url.hpp"
#include "domain/check.hpp"
#include "main/join_url.hpp"
#include "main/version.hpp"

namespace vcare::program {
namespace {

// The settings' rule has checked the form.
http::ListenAddress listen_address_of(const std::string& text) {
    const auto colon = text.rfind(':');
    std::string host = text.substr(0, colon);
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    return {.host = std::move(host), .port = static_cast<std::uint16_t>(std::stoul(text.substr(colon + 1)))};
}

http::SignInOptions sign_in_options(const Settings& settings) {
    const auto& identity = settings.identity;
    if (identity.web_client_id.empty()) return {};
    const auto url = http_client::Url::parse(identity.issuer);
    VCARE_CHECK(url.has_value(), "a client of the pages goes with an OIDC provider only");
    const std::string scheme = url->is_secure() ? "https://" : "http://";
    return {.issuer = identity.issuer,
            .issuer_origin = scheme + url->authority(),
            .client_id = identity.web_client_id,
            .scope = identity.web_scope};
}

}  // namespace

application::Notifying notifying(const Settings& settings) {
    using By = application::Notifying::By;
    const std::string& url = settings.notify.url;
    const By by = url == "events:" ? By::events : url == "log:" ? By::log : By::nobody;
    return {.by = by, .page_url = join_url(settings.server.public_url, "")};
}

application::ClinicPolicy clinic_policy(const Settings& settings) {
    return {.may_ask_with_built_in_texts = !settings.production, .logo_hosts = settings.branding.logo_hosts};
}

http::RateLimits rate_limits(const Settings& settings) {
    const auto& limits = settings.limits;
    return {.failed_joins_per_address_per_minute =
                static_cast<unsigned>(limits.failed_joins_per_address_per_minute),
            .requests_per_credential_per_second =
                static_cast<unsigned>(limits.requests_per_credential_per_second),
            .requests_per_tenant_per_second = static_cast<unsigned>(limits.requests_per_tenant_per_second)};
}

http::ServerOptions server_options(const Settings& settings, const std::string& replica) {
    http::ServerOptions options;
    options.address = listen_address_of(settings.server.listen);
    options.admin = listen_address_of(settings.server.admin_listen);
    options.is_production = settings.production;
    options.tls_certificate = settings.server.tls_cert;
    options.tls_key = settings.server.tls_key;
    options.trusted_proxies = settings.server.trusted_proxies;
    options.public_url = settings.server.public_url;
    options.event_source = settings.events.source;
    options.replica = replica;
    options.version = program_version();
    options.sign_in = sign_in_options(settings);
    options.join_by_get = settings.compat.join_by_get;
    options.rates = rate_limits(settings);
    options.limits.to_drain = std::chrono::seconds{settings.server.drain_seconds};
    return options;
}

telemetry::TelemetrySettings telemetry_settings(const Settings& settings) {
    using application::Severity;
    using telemetry::LogFormat;
    static const std::map<std::string_view, Severity> levels = {{"debug", Severity::debug},
                                                                {"info", Severity::info},
                                                                {"warning", Severity::warning},
                                                                {"error", Severity::error}};
    static const std::map<std::string_view, LogFormat> formats = {
        {"auto", LogFormat::automatic}, {"text", LogFormat::text}, {"json", LogFormat::json}};
    telemetry::TelemetrySettings telemetry;
    telemetry.level = levels.at(settings.log.level);
    telemetry.format = formats.at(settings.log.format);
    telemetry.labelled_tenants = settings.telemetry.tenant_labels;
    telemetry.version = program_version();
    const bool is_traced = !settings.telemetry.otlp_url.empty();
    if (is_traced) telemetry.sample_ratio = static_cast<double>(settings.telemetry.sample_percent) / 100;
    return telemetry;
}

}  // namespace vcare::program
