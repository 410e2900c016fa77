// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vcare::program {

/// The configuration as the program uses it: every value checked, paths absolute. What each key means, its
/// default and its limits stand in one table (settings_table.cpp); a member here has the key's name.
struct Settings {
    bool production = false;
    struct Server {
        std::string listen;
        std::string admin_listen;
        std::string public_url;
        std::string tls_cert;
        std::string tls_key;
        std::vector<std::string> trusted_proxies;
        std::int64_t threads = 0;
        std::int64_t drain_seconds = 0;
    } server;
    struct Store {
        std::string url;
        std::int64_t connections = 0;
    } store;
    struct Events {
        std::string url;
        std::string source;
        std::string mapping;
        std::string user;
        std::string password;
        std::string credentials_file;
        std::string ca_file;
        std::int64_t replicas = 0;
    } events;
    struct Identity {
        std::string issuer;
        std::string audience;
        std::string jwks_url;
        std::string ca_file;
        std::vector<std::string> clients;
        std::string user_claim;
        std::string tenant_claim;
        std::vector<std::string> role_claims;
        std::vector<std::string> role_words;
        std::string scope_claim;
        std::string node_claim;
        std::string name_claim;
        std::string web_client_id;
        std::string web_scope;
        std::string embedded_keys;
        std::int64_t keys_fresh_seconds = 0;
        std::int64_t keys_kept_seconds = 0;
        std::int64_t keys_floor_seconds = 0;
        struct Patients {
            std::string issuer;
            std::string audience;
            std::string jwks_url;
            std::vector<std::string> clients;
            std::string patient_claim;
            std::string tenant_claim;
            std::string scope_claim;
        } patients;
    } identity;
    struct Consent {
        std::string url;
        std::string token;
        std::string ca_file;
        std::string capture;
    } consent;
    struct Fhir {
        std::string url;
        std::string identifier_system;
        std::string token;
        std::string ca_file;
        std::string smart_token_url;
        std::string smart_client_id;
        std::string smart_key_id;
        std::string smart_key_file;
        std::string smart_scope;
        std::int64_t max_in_flight = 0;
    } fhir;
    struct Keys {
        std::string url;
        std::string pin;
        std::string token;
        std::string ca_file;
        std::string vault_mount;
        std::string vault_namespace;
        std::string name_prefix;
        std::int64_t sessions = 0;
        std::int64_t kept_seconds = 0;
        std::int64_t kept_tenants = 0;
    } keys;
    struct Licensing {
        std::string url;
        std::vector<std::string> unlicensed;
    } licensing;
    struct Notify {
        std::string url;
    } notify;
    struct Video {
        struct Embedded {
            std::vector<std::string> stun_urls;
            std::vector<std::string> turn_urls;
            std::vector<std::string> regional_urls;
            std::string turn_secret;
        } embedded;
    } video;
    struct Ai {
        std::string url;
    } ai;
    struct Telemetry {
        std::string otlp_url;
        std::string otlp_ca_file;
        std::int64_t sample_percent = 0;
        std::vector<std::string> tenant_labels;
    } telemetry;
    struct Log {
        std::string level;
        std::string format;
    } log;
    struct Limits {
        std::int64_t failed_joins_per_address_per_minute = 0;
        std::int64_t requests_per_credential_per_second = 0;
        std::int64_t requests_per_tenant_per_second = 0;
    } limits;
    struct Branding {
        std::vector<std::string> logo_hosts;
    } branding;
    struct Compat {
        bool join_by_get = false;
    } compat;
    struct Sweeper {
        std::int64_t interval_seconds = 0;
        std::int64_t rest_seconds = 0;
    } sweeper;
    struct Retention {
        std::int64_t interval_seconds = 0;
    } retention;
};

/// Every key at its default, paths still relative.
[[nodiscard]] Settings default_settings();

/// Whether everything lies in one SQLite file, and which; else `store.url` is PostgreSQL's.
[[nodiscard]] bool is_embedded_store(const Settings& settings);
[[nodiscard]] std::string store_file(const Settings& settings);
/// Whether keys are in a folder, and which; else with a key service.
[[nodiscard]] bool are_keys_in_files(const Settings& settings);
[[nodiscard]] std::string keys_folder(const Settings& settings);
/// Whether access tokens of staff are signed here, for a demonstration or development.
[[nodiscard]] bool is_embedded_issuer(const Settings& settings);
/// Where the embedded issuer's key is.
[[nodiscard]] std::string issuer_folder(const Settings& settings);

}  // namespace vcare::program
