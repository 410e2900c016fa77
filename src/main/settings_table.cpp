// SPDX-License-Identifier: Apache-2.0
#include "main/settings_table.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <numeric>

#include "domain/check.hpp"
#include "main/settings_rules.hpp"

namespace vcare::program {
namespace {

#define VCARE_IN(member) [](Settings& settings) -> SettingTarget { return &settings.member; }

std::string text(std::string_view value) {
    return std::string{value};
}

constexpr std::string_view a_secret =
    "text, file:PATH of a file that only the service can read, or systemd-creds:NAME";
constexpr std::string_view a_secret_or_none =
    "text, file:PATH of a file that only the service can read, or systemd-creds:NAME; empty: none is sent";

std::vector<SettingKey> make_keys() {
    const TextList none;
    return {
        {.name = "production",
         .in = VCARE_IN(production),
         .default_value = false,
         .allowed = "true or false",
         .meaning = "true refuses to start with any default that is not safe for patients, by name"},

        {.name = "server.listen",
         .in = VCARE_IN(server.listen),
         .default_value = text("127.0.0.1:3031"),
         .allowed = "address:port, such as 127.0.0.1:3031 or [::]:3031",
         .meaning = "where the pages and the API are served",
         .rule = listen_address},
        {.name = "server.admin_listen",
         .in = VCARE_IN(server.admin_listen),
         .default_value = text("127.0.0.1:3032"),
         .allowed = "address:port, such as 127.0.0.1:3032",
         .meaning = "where health and metrics are served to operators",
         .rule = listen_address},
        {.name = "server.public_url",
         .in = VCARE_IN(server.public_url),
         .default_value = text("http://127.0.0.1:3031"),
         .allowed = "http(s)://host[:port], no path",
         .meaning = "what people's browsers open; every link starts with it",
         .rule = web_origin},
        {.name = "server.tls_cert",
         .in = VCARE_IN(server.tls_cert),
         .default_value = text(""),
         .allowed = "path of a PEM file; empty: plain HTTP behind a proxy that ends TLS",
         .meaning = "certificate chain for TLS by the service itself",
         .path = HoldsPath::whole},
        {.name = "server.tls_key",
         .in = VCARE_IN(server.tls_key),
         .default_value = text(""),
         .allowed = "path of a PEM file; empty as server.tls_cert is",
         .meaning = "private key of that certificate",
         .path = HoldsPath::whole},
        {.name = "server.trusted_proxies",
         .in = VCARE_IN(server.trusted_proxies),
         .default_value = none,
         .allowed = "IP addresses and networks, such as 10.0.0.0/8",
         .meaning = "proxies whose X-Forwarded-For is believed",
         .rule = network},
        {.name = "server.threads",
         .in = VCARE_IN(server.threads),
         .default_value = std::int64_t{0},
         .allowed = "0 to 256; 0 is one per core",
         .meaning = "event loops that serve requests",
         .max = 256},
        {.name = "server.drain_seconds",
         .in = VCARE_IN(server.drain_seconds),
         .default_value = std::int64_t{20},
         .allowed = "1 to 20",
         .meaning = "how long requests may still run after SIGTERM",
         .min = 1,
         .max = 20},

        {.name = "store.url",
         .in = VCARE_IN(store.url),
         .default_value = text("sqlite:./vcare.db"),
         .allowed = "sqlite:PATH, or postgresql://USER@HOST/DATABASE as libpq takes it",
         .meaning = "the database",
         .rule = store_url,
         .path = HoldsPath::after_scheme},
        {.name = "store.connections",
         .in = VCARE_IN(store.connections),
         .default_value = std::int64_t{8},
         .allowed = "1 to 200",
         .meaning = "connections to PostgreSQL per event loop, besides two for the workers",
         .min = 1,
         .max = 200},

        {.name = "events.url",
         .in = VCARE_IN(events.url),
         .default_value = text("inproc:"),
         .allowed = "inproc:, or nats://host[:port] or tls://host[:port], several separated by commas",
         .meaning = "the broker that published events go to",
         .rule = broker_url},
        {.name = "events.source",
         .in = VCARE_IN(events.source),
         .default_value = text("/services/virtual-care-service"),
         .allowed = "a URI reference",
         .meaning = "source of every CloudEvent",
         .rule = not_empty},
        {.name = "events.mapping",
         .in = VCARE_IN(events.mapping),
         .default_value = text("cloudevents"),
         .allowed = "cloudevents, plain, none, or file:PATH of a JSON file (docs/nats.md)",
         .meaning = "how other services name and shape the events that are read from them; none: none are",
         .rule = event_mapping,
         .path = HoldsPath::after_scheme},
        {.name = "events.user",
         .in = VCARE_IN(events.user),
         .default_value = text(""),
         .allowed = "text; empty: the broker asks for none, or events.credentials_file says who we are",
         .meaning = "name of this service at the broker"},
        {.name = "events.password",
         .in = VCARE_IN(events.password),
         .default_value = text(""),
         .allowed = a_secret,
         .meaning = "password that belongs to it",
         .shown = Shown::never,
         .path = HoldsPath::after_scheme},
        {.name = "events.credentials_file",
         .in = VCARE_IN(events.credentials_file),
         .default_value = text(""),
         .allowed = "path of a .creds file that only the service can read",
         .meaning = "JWT and seed of this service at the broker",
         .path = HoldsPath::whole},
        {.name = "events.ca_file",
         .in = VCARE_IN(events.ca_file),
         .default_value = text(""),
         .allowed = "path of a PEM file; empty: the authorities that the system trusts",
         .meaning = "who may vouch for the broker",
         .path = HoldsPath::whole},
        {.name = "events.replicas",
         .in = VCARE_IN(events.replicas),
         .default_value = std::int64_t{1},
         .allowed = "1 to 5",
         .meaning = "copies of the stream that the broker keeps, when it is made here; 3 in production",
         .min = 1,
         .max = 5},

        {.name = "identity.issuer",
         .in = VCARE_IN(identity.issuer),
         .default_value = text("embedded:"),
         .allowed = "embedded:, or https://host[:port][/path]; http on a loopback address outside production",
         .meaning =
             "who signs the access tokens of staff: an OIDC provider by the exact issuer of its tokens",
         .rule = issuer_url},
        {.name = "identity.audience",
         .in = VCARE_IN(identity.audience),
         .default_value = text("virtual-care"),
         .allowed = "text",
         .meaning = "the audience an access token must name",
         .rule = not_empty},
        {.name = "identity.jwks_url",
         .in = VCARE_IN(identity.jwks_url),
         .default_value = text(""),
         .allowed = "URL as identity.issuer; empty: found by OpenID Connect Discovery",
         .meaning = "where the issuer publishes its keys",
         .rule = loopback_or_https_or_empty},
        {.name = "identity.ca_file",
         .in = VCARE_IN(identity.ca_file),
         .default_value = text(""),
         .allowed = "path of a PEM file; empty: the authorities that the system trusts",
         .meaning = "who may vouch for the issuers of staff and of patients",
         .path = HoldsPath::whole},
        {.name = "identity.clients",
         .in = VCARE_IN(identity.clients),
         .default_value = none,
         .allowed = "client ids; empty: any",
         .meaning = "clients whose tokens are taken (azp)",
         .rule = not_empty},
        {.name = "identity.user_claim",
         .in = VCARE_IN(identity.user_claim),
         .default_value = text("sub"),
         .allowed = "name of a claim, or a JSON pointer such as /realm_access/roles",
         .meaning = "claim that says who somebody is; userId of participants",
         .rule = not_empty},
        {.name = "identity.tenant_claim",
         .in = VCARE_IN(identity.tenant_claim),
         .default_value = text("tenantId"),
         .allowed = "name of a claim, or a JSON pointer such as /realm_access/roles",
         .meaning = "claim that names the tenant",
         .rule = not_empty},
        {.name = "identity.role_claims",
         .in = VCARE_IN(identity.role_claims),
         .default_value = TextList{"roles"},
         .allowed = "name of a claim, or a JSON pointer such as /realm_access/roles; at least one",
         .meaning = "claims that name roles; what all of them say counts",
         .rule = not_empty},
        {.name = "identity.role_words",
         .in = VCARE_IN(identity.role_words),
         .default_value = none,
         .allowed = "WORD=ROLE, such as vc-doctors=clinician; empty: its words are our roles",
         .meaning = "what the words of the issuer mean here; no other word counts then",
         .rule = role_word},
        {.name = "identity.scope_claim",
         .in = VCARE_IN(identity.scope_claim),
         .default_value = text("scope"),
         .allowed =
             "name of a claim, or a JSON pointer such as /realm_access/roles; empty: each role brings its scopes",
         .meaning = "claim that holds the scopes"},
        {.name = "identity.node_claim",
         .in = VCARE_IN(identity.node_claim),
         .default_value = text("nodeIds"),
         .allowed = "name of a claim, or a JSON pointer such as /realm_access/roles",
         .meaning = "claim that lists the facilities of somebody",
         .rule = not_empty},
        {.name = "identity.name_claim",
         .in = VCARE_IN(identity.name_claim),
         .default_value = text("name"),
         .allowed = "name of a claim, or a JSON pointer such as /realm_access/roles",
         .meaning = "claim that holds the name that others see",
         .rule = not_empty},
        {.name = "identity.web_client_id",
         .in = VCARE_IN(identity.web_client_id),
         .default_value = text(""),
         .allowed = "text; empty: the staff pages take a token, as in the demo",
         .meaning = "client id of the staff pages at the OIDC provider: a public client with code and PKCE"},
        {.name = "identity.web_scope",
         .in = VCARE_IN(identity.web_scope),
         .default_value = text("openid"),
         .allowed = "scopes separated by spaces, openid among them",
         .meaning = "what the staff pages ask the provider for",
         .rule = openid_scope},
        {.name = "identity.keys_fresh_seconds",
         .in = VCARE_IN(identity.keys_fresh_seconds),
         .default_value = std::int64_t{300},
         .allowed = "10 to 86400",
         .meaning = "after so long the keys of an issuer are fetched anew",
         .min = 10,
         .max = 86'400},
        {.name = "identity.keys_kept_seconds",
         .in = VCARE_IN(identity.keys_kept_seconds),
         .default_value = std::int64_t{86'400},
         .allowed = "60 to 604800",
         .meaning = "for so long known keys count while the issuer is away; then nobody gets in",
         .min = 60,
         .max = 604'800},
        {.name = "identity.keys_floor_seconds",
         .in = VCARE_IN(identity.keys_floor_seconds),
         .default_value = std::int64_t{10},
         .allowed = "1 to 3600",
         .meaning = "how long an issuer is not asked again, however many tokens name an unknown key",
         .min = 1,
         .max = 3'600},
        {.name = "identity.patients.issuer",
         .in = VCARE_IN(identity.patients.issuer),
         .default_value = text(""),
         .allowed = "https://host[:port][/path], or http as identity.issuer; empty: none",
         .meaning = "who signs the access tokens of a portal's patients; it can give the role patient only",
         .rule = issuer_or_empty},
        {.name = "identity.patients.audience",
         .in = VCARE_IN(identity.patients.audience),
         .default_value = text("virtual-care"),
         .allowed = "text",
         .meaning = "the audience such a token must name",
         .rule = not_empty},
        {.name = "identity.patients.jwks_url",
         .in = VCARE_IN(identity.patients.jwks_url),
         .default_value = text(""),
         .allowed = "URL as identity.issuer; empty: found by OpenID Connect Discovery",
         .meaning = "where that issuer publishes its keys",
         .rule = loopback_or_https_or_empty},
        {.name = "identity.patients.clients",
         .in = VCARE_IN(identity.patients.clients),
         .default_value = none,
         .allowed = "client ids; empty: any",
         .meaning = "clients whose tokens are taken (azp)",
         .rule = not_empty},
        {.name = "identity.patients.patient_claim",
         .in = VCARE_IN(identity.patients.patient_claim),
         .default_value = text("sub"),
         .allowed = "name of a claim, or a JSON pointer such as /realm_access/roles",
         .meaning = "claim that holds the patientId",
         .rule = not_empty},
        {.name = "identity.patients.tenant_claim",
         .in = VCARE_IN(identity.patients.tenant_claim),
         .default_value = text("tenantId"),
         .allowed = "name of a claim, or a JSON pointer such as /realm_access/roles",
         .meaning = "claim that names the tenant",
         .rule = not_empty},
        {.name = "identity.patients.scope_claim",
         .in = VCARE_IN(identity.patients.scope_claim),
         .default_value = text("scope"),
         .allowed =
             "name of a claim, or a JSON pointer such as /realm_access/roles; empty: all that patients may have",
         .meaning = "claim that holds the scopes"},
        {.name = "identity.embedded_keys",
         .in = VCARE_IN(identity.embedded_keys),
         .default_value = text(""),
         .allowed = "file:FOLDER (made with mode 0700); empty: the folder of keys.url",
         .meaning = "where the embedded issuer keeps its key",
         .rule = folder_or_empty,
         .path = HoldsPath::after_scheme},

        {.name = "consent.url",
         .in = VCARE_IN(consent.url),
         .default_value = text("embedded:"),
         .allowed = "embedded: or http(s)://host[:port][/path]",
         .meaning = "who owns the patients' consents",
         .rule = embedded_or_service},
        {.name = "consent.token",
         .in = VCARE_IN(consent.token),
         .default_value = text(""),
         .allowed = a_secret_or_none,
         .meaning = "bearer token for the consent service",
         .shown = Shown::never,
         .path = HoldsPath::after_scheme},
        {.name = "consent.ca_file",
         .in = VCARE_IN(consent.ca_file),
         .default_value = text(""),
         .allowed = "path of a PEM file; empty: the authorities that the system trusts",
         .meaning = "who may vouch for the consent service",
         .path = HoldsPath::whole},
        {.name = "consent.capture",
         .in = VCARE_IN(consent.capture),
         .default_value = text("on"),
         .allowed = "on, or off with a consent service of your own",
         .meaning = "whether pages may record a consent with its owner",
         .rule = consent_capture},

        {.name = "fhir.url",
         .in = VCARE_IN(fhir.url),
         .default_value = text("embedded:"),
         .allowed = "embedded: or http(s)://host[:port][/path]",
         .meaning = "the FHIR R4 server that Encounters are written to",
         .rule = embedded_or_service},
        {.name = "fhir.identifier_system",
         .in = VCARE_IN(fhir.identifier_system),
         .default_value = text("urn:vcare:virtual-session"),
         .allowed = "a URI",
         .meaning = "system of the identifier that an Encounter carries",
         .rule = not_empty},
        {.name = "fhir.token",
         .in = VCARE_IN(fhir.token),
         .default_value = text(""),
         .allowed = a_secret_or_none,
         .meaning = "bearer token for the FHIR server",
         .shown = Shown::never,
         .path = HoldsPath::after_scheme},
        {.name = "fhir.ca_file",
         .in = VCARE_IN(fhir.ca_file),
         .default_value = text(""),
         .allowed = "path of a PEM file; empty: the authorities that the system trusts",
         .meaning = "who may vouch for the FHIR server and its token endpoint",
         .path = HoldsPath::whole},
        {.name = "fhir.smart_token_url",
         .in = VCARE_IN(fhir.smart_token_url),
         .default_value = text(""),
         .allowed = "http(s)://host[:port][/path]; empty: no SMART Backend Services",
         .meaning = "token endpoint of SMART Backend Services (private_key_jwt, RS384)",
         .rule = service_or_empty},
        {.name = "fhir.smart_client_id",
         .in = VCARE_IN(fhir.smart_client_id),
         .default_value = text(""),
         .allowed = "text",
         .meaning = "id of this service there"},
        {.name = "fhir.smart_key_id",
         .in = VCARE_IN(fhir.smart_key_id),
         .default_value = text(""),
         .allowed = "text",
         .meaning = "kid of the public key that is registered there"},
        {.name = "fhir.smart_key_file",
         .in = VCARE_IN(fhir.smart_key_file),
         .default_value = text(""),
         .allowed = "path of a PEM file (RSA, 2048 bits or more) that only the service can read",
         .meaning = "private key that belongs to it",
         .path = HoldsPath::whole},
        {.name = "fhir.smart_scope",
         .in = VCARE_IN(fhir.smart_scope),
         .default_value = text("system/Encounter.crs"),
         .allowed = "scopes separated by spaces",
         .meaning = "what is asked for there: to create and to find Encounters",
         .rule = not_empty},
        {.name = "fhir.max_in_flight",
         .in = VCARE_IN(fhir.max_in_flight),
         .default_value = std::int64_t{8},
         .allowed = "1 to 64",
         .meaning = "how many Encounters are written to the FHIR server at once",
         .min = 1,
         .max = 64,
         .takes = Takes::live},

        {.name = "keys.url",
         .in = VCARE_IN(keys.url),
         .default_value = text("file:./keys"),
         .allowed = "file:FOLDER (made with mode 0700), pkcs11:token=LABEL?module-path=PATH (RFC 7512), or "
                    "vault:http(s)://host[:port][/path]",
         .meaning = "where the keys of tenants and of the service are kept",
         .rule = keys_url,
         .path = HoldsPath::after_scheme},
        {.name = "keys.pin",
         .in = VCARE_IN(keys.pin),
         .default_value = text(""),
         .allowed = a_secret,
         .meaning = "user PIN of the PKCS#11 token",
         .shown = Shown::never,
         .path = HoldsPath::after_scheme},
        {.name = "keys.token",
         .in = VCARE_IN(keys.token),
         .default_value = text(""),
         .allowed = a_secret,
         .meaning = "token for Vault; a periodic one is renewed for ever",
         .shown = Shown::never,
         .path = HoldsPath::after_scheme},
        {.name = "keys.ca_file",
         .in = VCARE_IN(keys.ca_file),
         .default_value = text(""),
         .allowed = "path of a PEM file; empty: the authorities that the system trusts",
         .meaning = "who may vouch for Vault",
         .path = HoldsPath::whole},
        {.name = "keys.vault_mount",
         .in = VCARE_IN(keys.vault_mount),
         .default_value = text("transit"),
         .allowed = "a path of letters, digits, - and _",
         .meaning = "where Vault's transit engine is mounted",
         .rule = vault_path},
        {.name = "keys.vault_namespace",
         .in = VCARE_IN(keys.vault_namespace),
         .default_value = text(""),
         .allowed = "a path of letters, digits, - and _; empty: none",
         .meaning = "Vault's namespace that the engine is in",
         .rule = vault_path_or_empty},
        {.name = "keys.name_prefix",
         .in = VCARE_IN(keys.name_prefix),
         .default_value = text("vcare"),
         .allowed = "1 to 32 letters and digits",
         .meaning = "what the names of keys in a key service begin with: PREFIX-TENANT, PREFIX.checkpoints",
         .rule = key_name_prefix},
        {.name = "keys.sessions",
         .in = VCARE_IN(keys.sessions),
         .default_value = std::int64_t{2},
         .allowed = "1 to 32",
         .meaning = "sessions with the PKCS#11 token, each with a thread of its own",
         .min = 1,
         .max = 32},
        {.name = "keys.kept_seconds",
         .in = VCARE_IN(keys.kept_seconds),
         .default_value = std::int64_t{3600},
         .allowed = "60 to 86400",
         .meaning =
             "how long a tenant's data key that a key service unwrapped is kept in memory; one in use is "
             "renewed after half of it, so that visits go on for the other half at least while the key "
             "service is away",
         .min = 60,
         .max = 86'400},
        {.name = "keys.kept_tenants",
         .in = VCARE_IN(keys.kept_tenants),
         .default_value = std::int64_t{10'000},
         .allowed = "1 to 1000000",
         .meaning = "for how many tenants data keys are kept in memory",
         .min = 1,
         .max = 1'000'000},

        {.name = "licensing.url",
         .in = VCARE_IN(licensing.url),
         .default_value = text("embedded:"),
         .allowed = "embedded:",
         .meaning = "who says which tenants are licensed; embedded: all but licensing.unlicensed",
         .rule = only_embedded},
        {.name = "licensing.unlicensed",
         .in = VCARE_IN(licensing.unlicensed),
         .default_value = none,
         .allowed = "tenant ids",
         .meaning = "tenants switched off in the embedded licensing",
         .rule = opaque_id,
         .takes = Takes::live},

        {.name = "notify.url",
         .in = VCARE_IN(notify.url),
         .default_value = text("log:"),
         .allowed = "log:, events:, or empty: none is sent, staff hand links over",
         .meaning = "how people are told of their visits; log: shows what would be sent, events: asks a "
                    "communication service to",
         .rule = notify_url},

        {.name = "video.embedded.stun_urls",
         .in = VCARE_IN(video.embedded.stun_urls),
         .default_value = none,
         .allowed = "stun:host:port",
         .meaning = "STUN servers that browsers ask for their address",
         .rule = ice_url},
        {.name = "video.embedded.turn_urls",
         .in = VCARE_IN(video.embedded.turn_urls),
         .default_value = none,
         .allowed = "turn:host:port[?transport=udp|tcp] or turns:…",
         .meaning = "TURN servers that carry media between browsers that cannot reach each other",
         .rule = ice_url},
        {.name = "video.embedded.regional_urls",
         .in = VCARE_IN(video.embedded.regional_urls),
         .default_value = none,
         .allowed = "REGION=URL of a STUN or TURN server, such as ca=turn:turn.example:3478",
         .meaning =
             "servers of a region that a clinic may name as its mediaRegion; its visits use no others, so that "
             "what is relayed stays there",
         .rule = regional_ice_url},
        {.name = "video.embedded.turn_secret",
         .in = VCARE_IN(video.embedded.turn_secret),
         .default_value = text(""),
         .allowed = a_secret,
         .meaning = "secret shared with coturn (static-auth-secret)",
         .shown = Shown::never,
         .path = HoldsPath::after_scheme},

        {.name = "ai.url",
         .in = VCARE_IN(ai.url),
         .default_value = text(""),
         .allowed = "empty: off",
         .meaning = "gateway for transcription and summaries",
         .rule = not_yet},
        {.name = "telemetry.otlp_url",
         .in = VCARE_IN(telemetry.otlp_url),
         .default_value = text(""),
         .allowed = "http(s)://host[:port][/path]; empty: no traces",
         .meaning =
             "the OpenTelemetry collector that traces are sent to, over OTLP/HTTP in JSON to v1/traces below it; "
             "metrics are at /metrics of server.admin_listen",
         .rule = service_or_empty},
        {.name = "telemetry.otlp_ca_file",
         .in = VCARE_IN(telemetry.otlp_ca_file),
         .default_value = text(""),
         .allowed = "path of a PEM file; empty: the authorities that the system trusts",
         .meaning = "who may vouch for the collector",
         .path = HoldsPath::whole},
        {.name = "telemetry.sample_percent",
         .in = VCARE_IN(telemetry.sample_percent),
         .default_value = std::int64_t{100},
         .allowed = "0 to 100",
         .meaning =
             "how many of the traces that begin here are kept; one that began elsewhere is kept as it says there",
         .min = 0,
         .max = 100},
        {.name = "telemetry.tenant_labels",
         .in = VCARE_IN(telemetry.tenant_labels),
         .default_value = none,
         .allowed = "tenant ids, a few: each has series of its own",
         .meaning =
             "tenants whose visits, joins, consent checks, fallbacks and Encounters are counted apart, with the "
             "label tenant; of all others no metric tells whose it is",
         .rule = opaque_id},
        {.name = "log.level",
         .in = VCARE_IN(log.level),
         .default_value = text("info"),
         .allowed = "debug, info, warning or error",
         .meaning = "the least severe log line that is written",
         .rule = log_level,
         .takes = Takes::live},
        {.name = "log.format",
         .in = VCARE_IN(log.format),
         .default_value = text("auto"),
         .allowed = "auto, text or json",
         .meaning = "how log lines look; auto is text on a terminal, else json",
         .rule = log_format,
         .takes = Takes::live},

        {.name = "limits.failed_joins_per_address_per_minute",
         .in = VCARE_IN(limits.failed_joins_per_address_per_minute),
         .default_value = std::int64_t{60},
         .allowed = "0 to 1000000; 0 is off",
         .meaning = "failed joins from one address; only failures count, a clinic may sit behind one",
         .max = 1'000'000,
         .takes = Takes::live},
        {.name = "limits.requests_per_credential_per_second",
         .in = VCARE_IN(limits.requests_per_credential_per_second),
         .default_value = std::int64_t{50},
         .allowed = "0 to 1000000; 0 is off",
         .meaning = "requests of one token or visit credential",
         .max = 1'000'000,
         .takes = Takes::live},
        {.name = "limits.requests_per_tenant_per_second",
         .in = VCARE_IN(limits.requests_per_tenant_per_second),
         .default_value = std::int64_t{500},
         .allowed = "0 to 1000000; 0 is off",
         .meaning = "requests of one tenant",
         .max = 1'000'000,
         .takes = Takes::live},

        {.name = "branding.logo_hosts",
         .in = VCARE_IN(branding.logo_hosts),
         .default_value = none,
         .allowed = "host or host:port, such as cdn.clinic.example; empty: pages show no logo of elsewhere",
         .meaning =
             "hosts that a tenant's logoUrl may be on; browsers load pictures from there and nowhere else",
         .rule = logo_host},

        {.name = "compat.join_by_get",
         .in = VCARE_IN(compat.join_by_get),
         .default_value = false,
         .allowed = "true or false",
         .meaning = "answer GET /sessions/join?token= of older clients; tokens in URLs end up in logs"},

        {.name = "sweeper.interval_seconds",
         .in = VCARE_IN(sweeper.interval_seconds),
         .default_value = std::int64_t{5},
         .allowed = "1 to 15",
         .meaning = "how often overdue visits are looked for",
         .min = 1,
         .max = 15,
         .takes = Takes::live},
        {.name = "sweeper.rest_seconds",
         .in = VCARE_IN(sweeper.rest_seconds),
         .default_value = std::int64_t{120},
         .allowed = "0 to 3600",
         .meaning = "how long after a start no visit is closed, so that people can come back first",
         .max = 3600},

        {.name = "retention.interval_seconds",
         .in = VCARE_IN(retention.interval_seconds),
         .default_value = std::int64_t{60},
         .allowed = "0 to 86400; 0 is off: only vcare retention run deletes",
         .meaning = "how often some of what tenants have kept for long enough is deleted",
         .max = 86'400},
    };
}

#undef VCARE_IN

// Levenshtein's distance between two keys.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row.back();
}

std::string quoted(std::string_view value) {
    std::string out = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

}  // namespace

std::span<const SettingKey> setting_keys() {
    static const std::vector<SettingKey> keys = make_keys();
    return keys;
}

const SettingKey* find_setting(std::string_view name) {
    const auto keys = setting_keys();
    const auto found = std::ranges::find(keys, name, &SettingKey::name);
    return found == keys.end() ? nullptr : &*found;
}

const SettingKey* nearest_setting(std::string_view name) {
    const auto keys = setting_keys();
    const auto nearest =
        std::ranges::min_element(keys, {}, [&](const SettingKey& key) { return distance(name, key.name); });
    const bool near = distance(name, nearest->name) <= std::max<std::size_t>(2, name.size() / 2);
    return near ? &*nearest : nullptr;
}

std::string_view kind_of(const SettingKey& key) {
    static constexpr std::array<std::string_view, 4> kinds = {"boolean", "integer", "text", "list"};
    return kinds[key.default_value.index()];
}

std::string environment_name(const SettingKey& key) {
    std::string name = "VCARE_" + std::string{key.name};
    std::ranges::transform(name, name.begin(), [](char c) {
        return c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    });
    return name;
}

std::string to_toml(const SettingValue& value) {
    if (const auto* yes = std::get_if<bool>(&value)) return *yes ? "true" : "false";
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    if (const auto* text = std::get_if<std::string>(&value)) return quoted(*text);
    std::string out = "[";
    for (const std::string& item : std::get<TextList>(value)) {
        out += (out.size() > 1 ? ", " : "") + quoted(item);
    }
    return out + "]";
}

std::string problem_with(const SettingKey& key, const SettingValue& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        return *number < key.min || *number > key.max ? "is out of range" : "";
    }
    if (key.rule == nullptr) return {};
    if (const auto* text = std::get_if<std::string>(&value)) return key.rule(*text);
    if (const auto* list = std::get_if<TextList>(&value)) {
        for (const std::string& item : *list) {
            if (std::string problem = key.rule(item); !problem.empty()) return "has an item that " + problem;
        }
    }
    return {};
}

void assign(Settings& settings, const SettingKey& key, SettingValue value) {
    VCARE_CHECK(value.index() == key.default_value.index(), "the reader refuses a value of another kind");
    const SettingTarget target = key.in(settings);
    std::visit(
        [&](auto* place) { *place = std::get<std::remove_pointer_t<decltype(place)>>(std::move(value)); },
        target);
}

SettingValue value_of(Settings& settings, const SettingKey& key) {
    return std::visit([](auto* place) -> SettingValue { return *place; }, key.in(settings));
}

ChangedSettings take_live(Settings& running, Settings loaded) {
    ChangedSettings changed;
    for (const SettingKey& key : setting_keys()) {
        SettingValue value = value_of(loaded, key);
        if (value == value_of(running, key)) continue;
        if (key.takes == Takes::live) {
            assign(running, key, std::move(value));
            changed.taken.push_back(key.name);
        } else {
            changed.need_restart.push_back(key.name);
        }
    }
    return changed;
}

bool is_embedded_store(const Settings& settings) {
    return settings.store.url.starts_with("sqlite:");
}

std::string store_file(const Settings& settings) {
    return settings.store.url.substr(std::string_view{"sqlite:"}.size());
}

bool are_keys_in_files(const Settings& settings) {
    return settings.keys.url.starts_with("file:");
}

std::string keys_folder(const Settings& settings) {
    return settings.keys.url.substr(std::string_view{"file:"}.size());
}

bool is_embedded_issuer(const Settings& settings) {
    return settings.identity.issuer == "embedded:";
}

std::string issuer_folder(const Settings& settings) {
    const std::string& own = settings.identity.embedded_keys;
    return own.empty() ? keys_folder(settings) : own.substr(std::string_view{"file:"}.size());
}

Settings default_settings() {
    Settings settings;
    for (const SettingKey& key : setting_keys()) assign(settings, key, key.default_value);
    return settings;
}

}  // namespace vcare::program
