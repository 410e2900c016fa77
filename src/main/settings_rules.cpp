// SPDX-License-Identifier: Apache-2.0
#include "main/settings_rules.hpp"

#include <algorithm>
#include <charconv>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "adapters/http_client/url.hpp"
#include "adapters/keys/pkcs11_uri.hpp"
#include "adapters/store/postgres_url.hpp"
#include "domain/ids.hpp"
#include "domain/permission.hpp"

namespace vcare::program {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t prefix_characters_max = 32;
constexpr std::string_view vault_scheme = "vault:";

bool is_ip_address(std::string_view text) {
    boost::system::error_code problem;
    ip::make_address(text, problem);
    return !problem;
}

bool is_loopback(const std::string& host) {
    boost::system::error_code problem;
    const auto address = ip::make_address(host, problem);
    return host == "localhost" || (!problem && address.is_loopback());
}

bool is_network(std::string_view text) {
    boost::system::error_code v4;
    boost::system::error_code v6;
    ip::make_network_v4(text, v4);
    ip::make_network_v6(text, v6);
    return !v4 || !v6;
}

bool is_port(std::string_view text) {
    unsigned port = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
    const bool whole = problem == std::errc{} && end == text.data() + text.size();
    return whole && port >= 1 && port <= 65535;
}

std::string one_of(std::string_view value, std::initializer_list<std::string_view> words) {
    std::string allowed;
    for (const std::string_view word : words) {
        if (value == word) return {};
        allowed += (allowed.empty() ? "" : ", ") + std::string{word};
    }
    return "is none of " + allowed;
}

bool is_postgres(std::string_view url) {
    return url.starts_with("postgresql://") || url.starts_with("postgres://");
}

/// What goes to it stays on this machine: over a socket in the file system, or over the loopback, such as to
/// a proxy that speaks TLS for us.
bool is_on_this_machine(const std::string& host) {
    return host.empty() || host.starts_with('/') || host.starts_with('@') || is_loopback(host);
}

// What a password in the URL and an unproven server would give away.
void check_postgres(const std::string& url, std::vector<RuleProblem>& problems) {
    const auto parsed = store::parse_postgres_url(url);
    if (!parsed) return;  // its own rule says so
    if (parsed->has_password)
        problems.push_back({"store.url",
                            "production refuses a plain password, name a file with ?passfile=… that only the "
                            "service can read"});
    const bool leaves_this_machine = !std::ranges::all_of(parsed->hosts, is_on_this_machine);
    // verify-ca takes anybody whom the same authority knows for the database.
    if (leaves_this_machine && parsed->ssl_mode != "verify-full")
        problems.push_back(
            {"store.url",
             "production refuses a database over the network that need not prove who it is, set "
             "?sslmode=verify-full (and sslrootcert=…)"});
}

std::string only(std::string_view value, std::string_view form) {
    if (value == form) return {};
    return "asks for something this version does not have, only " + std::string{form} + " works today";
}

// What goes only with a service of one's own, and who we are there: nobody, a token or SMART, not two.
void check_services(const Settings& settings, std::vector<RuleProblem>& problems) {
    if (settings.consent.capture == "off" && settings.consent.url == "embedded:") {
        problems.push_back({"consent.capture", "goes with a consent service of your own only, set on"});
    }
    const auto& fhir = settings.fhir;
    if (fhir.smart_token_url.empty()) return;
    if (!fhir.token.empty()) {
        problems.push_back({"fhir.token", "and fhir.smart_token_url exclude each other, leave one out"});
    }
    for (const auto& [key, value] : {std::pair{"fhir.smart_client_id", fhir.smart_client_id},
                                     std::pair{"fhir.smart_key_id", fhir.smart_key_id},
                                     std::pair{"fhir.smart_key_file", fhir.smart_key_file}}) {
        if (value.empty()) problems.push_back({key, "is missing, fhir.smart_token_url needs it"});
    }
}

// A key service needs to be signed in to, and keeps no key of the embedded issuer.
void check_keys(const Settings& settings, std::vector<RuleProblem>& problems) {
    if (are_keys_in_files(settings)) return;
    if (settings.keys.url.starts_with("pkcs11:") && settings.keys.pin.empty()) {
        problems.push_back({"keys.pin", "is missing, the token is logged in to with it: file:PATH"});
    }
    if (settings.keys.url.starts_with(vault_scheme) && settings.keys.token.empty()) {
        problems.push_back({"keys.token", "is missing, Vault is signed in to with it: file:PATH"});
    }
    if (is_embedded_issuer(settings) && settings.identity.embedded_keys.empty()) {
        problems.push_back({"identity.embedded_keys",
                            "is missing, the embedded issuer keeps its key in a file: file:FOLDER"});
    }
}

// Whose tokens are whose has to be clear, and what only an OIDC provider has goes with one.
void check_identity(const Settings& settings, std::vector<RuleProblem>& problems) {
    const auto& identity = settings.identity;
    if (identity.role_claims.empty()) {
        problems.push_back({"identity.role_claims", "names no claim, so nobody would have a role"});
    }
    if (identity.patients.issuer == identity.issuer) {
        problems.push_back({"identity.patients.issuer",
                            "is the issuer of staff, whose tokens could not be told apart, set another one"});
    }
    if (identity.keys_kept_seconds < identity.keys_fresh_seconds) {
        problems.push_back({"identity.keys_kept_seconds", "is less than identity.keys_fresh_seconds"});
    }
    if (!is_embedded_issuer(settings)) return;
    for (const auto& [key, value] : {std::pair{"identity.jwks_url", identity.jwks_url},
                                     std::pair{"identity.web_client_id", identity.web_client_id}}) {
        if (!value.empty())
            problems.push_back({key, "goes with an OIDC provider only, set its URL as identity.issuer"});
    }
}

bool names_turn(std::string_view regional_url) {
    return regional_url.substr(regional_url.find('=') + 1).starts_with("turn");
}

}  // namespace

bool brings_links_to_nobody(const Settings& settings) {
    return settings.notify.url == "events:" && settings.events.url == "inproc:";
}

std::string listen_address(std::string_view value) {
    const auto colon = value.rfind(':');
    if (colon == std::string_view::npos) return "has no port";
    std::string_view host = value.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (!is_ip_address(host)) return "does not start with an IP address";
    if (!is_port(value.substr(colon + 1))) return "does not end with a port from 1 to 65535";
    return {};
}

std::string web_origin(std::string_view value) {
    const auto url = boost::urls::parse_uri(value);
    if (!url) return "is not a URL";
    const bool scheme = url->scheme() == "http" || url->scheme() == "https";
    if (!scheme || url->host().empty()) return "is not an http or https URL with a host";
    if (!url->encoded_path().empty() || url->has_query() || url->has_fragment()) {
        return "has a path, query or fragment";
    }
    if (url->has_userinfo()) return "holds a user name or password";
    return {};
}

std::string network(std::string_view value) {
    return is_ip_address(value) || is_network(value) ? "" : "is neither an IP address nor a network";
}

// What goes into a Content-Security-Policy must be nothing but a host there.
std::string logo_host(std::string_view value) {
    const auto host = value.substr(0, value.find(':'));
    const bool has_port = host.size() < value.size();
    const bool is_name = !host.empty() && std::ranges::all_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    });
    const bool is_right = is_name && (!has_port || is_port(value.substr(host.size() + 1)));
    return is_right ? "" : "is no host in lower case, such as cdn.clinic.example";
}

std::string not_empty(std::string_view value) {
    return value.empty() ? "is empty" : "";
}

std::string opaque_id(std::string_view value) {
    return domain::is_opaque_id(value) ? "" : "is not an id";
}

std::string ice_url(std::string_view value) {
    for (const std::string_view scheme : {"stun:", "stuns:", "turn:", "turns:"}) {
        if (value.starts_with(scheme) && value.size() > scheme.size()) return {};
    }
    return "is not a STUN or TURN URL";
}

std::string regional_ice_url(std::string_view value) {
    const auto equals = value.find('=');
    const std::string_view region = value.substr(0, equals);
    const bool is_region = equals != std::string_view::npos && !region.empty() && region.size() <= 32 &&
                           region.front() != '-' && std::ranges::all_of(region, [](char c) {
                               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
                           });
    if (!is_region) return "does not begin with a region of small letters, digits and -, and a =";
    return ice_url(value.substr(equals + 1));
}

std::string log_level(std::string_view value) {
    return one_of(value, {"debug", "info", "warning", "error"});
}
std::string log_format(std::string_view value) {
    return one_of(value, {"auto", "text", "json"});
}
std::string consent_capture(std::string_view value) {
    return one_of(value, {"on", "off"});
}

std::string service_or_empty(std::string_view value) {
    if (value.empty() || http_client::Url::parse(value)) return {};
    return "is not an http or https URL without a user or a fragment";
}
std::string embedded_or_service(std::string_view value) {
    if (value == "embedded:") return {};
    if (value.empty()) return "is empty";
    return service_or_empty(value);
}

std::string loopback_or_https_or_empty(std::string_view value) {
    if (value.empty()) return {};
    const auto url = http_client::Url::parse(value);
    if (!url) return "is not an https URL without a user or a fragment";
    return url->is_secure() || is_loopback(url->host()) ? "" : "is plain http to another machine, set https";
}
std::string issuer_or_empty(std::string_view value) {
    const bool has_query = value.contains('?');
    return has_query ? "has a query, which no issuer has" : loopback_or_https_or_empty(value);
}
std::string issuer_url(std::string_view value) {
    if (value == "embedded:") return {};
    return value.empty() ? "is empty" : issuer_or_empty(value);
}
std::string role_word(std::string_view value) {
    const auto equals = value.rfind('=');
    const bool is_pair = equals != std::string_view::npos && equals > 0;
    const bool is_role = is_pair && domain::parse_wire<domain::StaffRole>(value.substr(equals + 1));
    return is_role ? "" : "is not WORD=ROLE with one of our roles";
}
std::string openid_scope(std::string_view value) {
    const std::string padded = " " + std::string{value} + " ";
    return padded.contains(" openid ") ? "" : "lacks openid, without which nobody is signed in";
}

std::string store_url(std::string_view value) {
    constexpr std::string_view scheme = "sqlite:";
    if (is_postgres(value)) {
        const bool is_understood = store::parse_postgres_url(std::string{value}).has_value();
        return is_understood ? "" : "is no URL that PostgreSQL's library understands";
    }
    if (!value.starts_with(scheme)) return "is neither sqlite:PATH nor postgresql://…";
    return value.size() == scheme.size() ? "names no file" : "";
}
std::string folder_or_empty(std::string_view value) {
    constexpr std::string_view scheme = "file:";
    if (value.empty()) return {};
    if (!value.starts_with(scheme)) return "is not file:FOLDER";
    return value.size() == scheme.size() ? "names no folder" : "";
}
std::string broker_url(std::string_view value) {
    if (value == "inproc:") return {};
    while (true) {
        const auto comma = value.find(',');
        const auto url = boost::urls::parse_uri(value.substr(0, comma));
        const bool has_scheme = url && (url->scheme() == "nats" || url->scheme() == "tls");
        if (!has_scheme || url->host().empty()) return "is neither inproc: nor nats://host[:port] or tls://…";
        if (url->has_userinfo()) return "holds a user name or password, set events.user and events.password";
        if (!url->encoded_path().empty() || url->has_query()) return "has a path or a query";
        if (comma == std::string_view::npos) return {};
        value.remove_prefix(comma + 1);
    }
}
std::string event_mapping(std::string_view value) {
    constexpr std::string_view scheme = "file:";
    if (value == "cloudevents" || value == "plain" || value == "none") return {};
    if (!value.starts_with(scheme)) return "is neither cloudevents nor plain nor none nor file:PATH";
    return value.size() == scheme.size() ? "names no file" : "";
}
std::string keys_url(std::string_view value) {
    if (value.starts_with("file:")) return folder_or_empty(value);
    if (value.starts_with(vault_scheme)) {
        return service_or_empty(value.substr(vault_scheme.size())).empty() &&
                       value.size() > vault_scheme.size()
                   ? ""
                   : "names no Vault by its http or https URL";
    }
    if (!value.starts_with("pkcs11:")) return "is none of file:FOLDER, pkcs11:…, vault:https://…";
    const auto uri = keys::Pkcs11Uri::parse(value);
    return uri ? "" : uri.error();
}
std::string vault_path(std::string_view value) {
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '/';
    };
    const bool is_bare = !value.empty() && !value.starts_with('/') && !value.ends_with('/') &&
                         value.find("//") == std::string_view::npos;
    return is_bare && std::ranges::all_of(value, is_plain) ? "" : "is no path of words and slashes";
}
std::string vault_path_or_empty(std::string_view value) {
    return value.empty() ? "" : vault_path(value);
}
std::string key_name_prefix(std::string_view value) {
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    const bool fits = !value.empty() && value.size() <= prefix_characters_max;
    return fits && std::ranges::all_of(value, is_plain) ? "" : "is not 1 to 32 letters and digits";
}
std::string only_embedded(std::string_view value) {
    return only(value, "embedded:");
}
std::string notify_url(std::string_view value) {
    const bool is_known = value.empty() || value == "log:" || value == "events:";
    return is_known ? "" : "must be log:, events: or empty";
}
std::string not_yet(std::string_view value) {
    return value.empty() ? "" : "asks for something this version does not have, leave it out";
}

std::vector<RuleProblem> production_problems(const Settings& settings) {
    if (!settings.production) return {};
    std::vector<RuleProblem> problems;
    const auto refuse_if = [&](bool insecure, std::string_view key, std::string message) {
        if (insecure) problems.push_back({key, std::move(message)});
    };
    refuse_if(settings.store.url.starts_with("sqlite:"), "store.url",
              "production refuses the embedded SQLite store, set postgresql://…");
    if (is_postgres(settings.store.url)) check_postgres(settings.store.url, problems);
    refuse_if(is_embedded_issuer(settings), "identity.issuer",
              "production refuses the embedded issuer, set your OIDC provider's https URL");
    refuse_if(settings.consent.url == "embedded:", "consent.url",
              "production refuses the embedded consent service, set its https URL");
    refuse_if(settings.fhir.url == "embedded:", "fhir.url",
              "production refuses the embedded FHIR keeper, set your FHIR R4 server's https URL");
    const auto is_plain_http = [](const std::string& url) { return url.starts_with("http:"); };
    for (const auto& [key, url] :
         {std::pair{"identity.issuer", settings.identity.issuer},
          std::pair{"identity.jwks_url", settings.identity.jwks_url},
          std::pair{"identity.patients.issuer", settings.identity.patients.issuer},
          std::pair{"identity.patients.jwks_url", settings.identity.patients.jwks_url}}) {
        refuse_if(is_plain_http(url), key, "production refuses plain http, set the provider's https URL");
    }
    refuse_if(is_plain_http(settings.consent.url), "consent.url",
              "production refuses plain http, set the consent service's https URL");
    refuse_if(is_plain_http(settings.fhir.url), "fhir.url",
              "production refuses plain http, set the FHIR server's https URL");
    refuse_if(is_plain_http(settings.fhir.smart_token_url), "fhir.smart_token_url",
              "production refuses plain http, set the token endpoint's https URL");
    refuse_if(settings.keys.url.starts_with("file:"), "keys.url",
              "production refuses keys in files, set pkcs11:… or vault:https://…");
    refuse_if(settings.keys.url.starts_with("vault:http:"), "keys.url",
              "production refuses plain http, set Vault's https URL");
    refuse_if(
        settings.notify.url == "log:", "notify.url",
        "production refuses to write messages to the log, set events:, or leave it empty: staff hand links over");
    refuse_if(brings_links_to_nobody(settings), "notify.url",
              "production refuses events: without a broker, no link would ever be sent; set events.url, or "
              "leave it empty: staff hand links over");
    refuse_if(!settings.server.public_url.starts_with("https:"), "server.public_url",
              "production refuses plain http, set the https URL that people open");
    const auto refuse_plain = [&](const std::string& secret, std::string_view key) {
        const bool is_reference =
            secret.empty() || secret.starts_with("file:") || secret.starts_with("systemd-creds:");
        refuse_if(!is_reference, key,
                  "production refuses a plain secret, set file:PATH of a file only the service can read, or "
                  "systemd-creds:NAME");
    };
    refuse_if(settings.events.url.find("nats://") != std::string::npos, "events.url",
              "production refuses a broker without TLS, set tls://host");
    refuse_plain(settings.events.password, "events.password");
    refuse_plain(settings.consent.token, "consent.token");
    refuse_plain(settings.fhir.token, "fhir.token");
    refuse_plain(settings.keys.pin, "keys.pin");
    refuse_plain(settings.keys.token, "keys.token");
    refuse_plain(settings.video.embedded.turn_secret, "video.embedded.turn_secret");
    return problems;
}

std::vector<RuleProblem> combination_problems(const Settings& settings) {
    std::vector<RuleProblem> problems;
    check_services(settings, problems);
    if (settings.events.password.empty() != settings.events.user.empty()) {
        const bool lacks_user = settings.events.user.empty();
        problems.push_back({lacks_user ? "events.user" : "events.password",
                            "is missing, a broker asks for both events.user and events.password"});
    }
    check_keys(settings, problems);
    check_identity(settings, problems);
    const auto& embedded = settings.video.embedded;
    const bool has_turn =
        !embedded.turn_urls.empty() || std::ranges::any_of(embedded.regional_urls, names_turn);
    if (has_turn && embedded.turn_secret.empty()) {
        problems.push_back({"video.embedded.turn_secret",
                            "is missing, TURN servers are asked with it: the static-auth-secret of coturn"});
    }
    if (settings.server.tls_cert.empty() != settings.server.tls_key.empty()) {
        const bool lacks_key = settings.server.tls_key.empty();
        problems.push_back({lacks_key ? "server.tls_key" : "server.tls_cert",
                            "is missing, TLS needs both server.tls_cert and server.tls_key"});
    }
    if (settings.server.listen == settings.server.admin_listen) {
        problems.push_back({"server.admin_listen", "is the same address as server.listen, set another port"});
    }
    return problems;
}

}  // namespace vcare::program
