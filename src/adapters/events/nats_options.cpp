// SPDX-License-Identifier: Apache-2.0
#include "adapters/events/nats_options.hpp"

#include <algorithm>
#include <vector>

#include <sys/stat.h>

namespace vcare::events {
namespace {

constexpr std::int64_t connect_ms = 2000;
constexpr std::int64_t api_ms = 2000;
/// A broker that stands still, or a network that swallows everything, is noticed after two pings.
constexpr std::int64_t ping_ms = 1000;
constexpr int most_pings_out = 2;
constexpr std::int64_t reconnect_ms = 250;

void must_be_private(const std::string& path) {
    struct stat about{};
    if (::stat(path.c_str(), &about) != 0) throw std::runtime_error{"NATS: cannot read " + path};
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        throw std::runtime_error{path + " holds credentials that others may read, give it mode 0600"};
}

std::vector<std::string> servers_in(const std::string& urls) {
    std::vector<std::string> servers;
    for (std::size_t begin = 0; begin <= urls.size();) {
        const auto end = std::min(urls.find(',', begin), urls.size());
        servers.push_back(urls.substr(begin, end - begin));
        begin = end + 1;
    }
    return servers;
}

/// For ever, and soon again.
void make_patient(natsOptions* options) {
    must(natsOptions_SetTimeout(options, connect_ms), "timeout");
    must(natsOptions_SetMaxReconnect(options, -1), "reconnect");
    must(natsOptions_SetReconnectWait(options, reconnect_ms), "reconnect");
    must(natsOptions_SetReconnectJitter(options, reconnect_ms, reconnect_ms), "reconnect");
    must(natsOptions_SetPingInterval(options, ping_ms), "ping");
    must(natsOptions_SetMaxPingsOut(options, most_pings_out), "ping");
    must(natsOptions_SetWriteDeadline(options, connect_ms), "deadline");
    must(natsOptions_SetNoEcho(options, true), "echo");
}

void refuse_a_wrong_login(natsStatus status) {
    const char* said = nats_GetLastError(nullptr);
    const std::string words = said && *said ? said : natsStatus_GetText(status);
    if (status == NATS_CONNECTION_AUTH_FAILED)
        throw BrokerRefused{"NATS: the server does not let this service in (" + words +
                            "); look at events.user, events.password and events.credentials_file"};
    const bool is_about_tls = status == NATS_SSL_ERROR || status == NATS_SECURE_CONNECTION_WANTED ||
                              status == NATS_SECURE_CONNECTION_REQUIRED;
    if (is_about_tls)
        throw BrokerRefused{"NATS: no TLS with the server (" + words +
                            "); look at events.url and events.ca_file"};
}

}  // namespace

jsOptions api_options() {
    jsOptions options;
    jsOptions_Init(&options);
    options.Wait = api_ms;
    return options;
}

void must(natsStatus status, const std::string& what) {
    if (status == NATS_OK) return;
    const char* said = nats_GetLastError(nullptr);
    throw std::runtime_error{"NATS: " + what + ": " + (said && *said ? said : natsStatus_GetText(status))};
}

OptionsHandle make_nats_options(const NatsSettings& settings) {
    if (!settings.credentials_file.empty()) must_be_private(settings.credentials_file);
    natsOptions* made = nullptr;
    must(natsOptions_Create(&made), "options");
    OptionsHandle options{made};
    const std::vector<std::string> servers = servers_in(settings.url);
    std::vector<const char*> names;
    bool is_secure = false;
    for (const std::string& server : servers) {
        names.push_back(server.c_str());
        is_secure = is_secure || server.starts_with("tls://");
    }
    must(natsOptions_SetServers(made, names.data(), static_cast<int>(names.size())), "events.url");
    must(natsOptions_SetName(made, "vcare"), "name");
    if (!settings.user.empty())
        must(natsOptions_SetUserInfo(made, settings.user.c_str(), settings.password.c_str()), "user");
    if (!settings.credentials_file.empty())
        must(natsOptions_SetUserCredentialsFromFiles(made, settings.credentials_file.c_str(), nullptr),
             settings.credentials_file);
    if (is_secure) must(natsOptions_SetSecure(made, true), "TLS");
    if (!settings.ca_file.empty())
        must(natsOptions_LoadCATrustedCertificates(made, settings.ca_file.c_str()), settings.ca_file);
    make_patient(made);
    return options;
}

ConnectionHandle connect(natsOptions* options, natsConnectionHandler connected, void* closure) {
    natsConnection* made = nullptr;
    // The library tries again whatever the server said, unless it is told not to.
    must(natsOptions_SetRetryOnFailedConnect(options, false, nullptr, nullptr), "callback");
    const natsStatus status = natsConnection_Connect(&made, options);
    if (status == NATS_OK) return ConnectionHandle{made};
    refuse_a_wrong_login(status);
    must(natsOptions_SetRetryOnFailedConnect(options, true, connected, closure), "callback");
    (void)natsConnection_Connect(&made, options);
    return ConnectionHandle{made};
}

std::string missing_right(natsConnection* connection) {
    const char* said = nullptr;
    if (natsConnection_GetLastError(connection, &said) != NATS_NOT_PERMITTED || !said) return {};
    // `Permissions Violation for Publish to "subject"`, or for Subscription.
    const std::string text = said;
    const auto subject = text.find(" to \"");
    if (subject == std::string::npos) return "use what it asks for (" + text + ")";
    const bool is_to_read = text.find("Subscription") < subject;
    return (is_to_read ? "subscribe" : "publish") +
           text.substr(subject, text.find('"', subject + 5) + 1 - subject);
}

}  // namespace vcare::events
