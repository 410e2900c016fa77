// SPDX-License-Identifier: Apache-2.0
#include "main/open_store.hpp"

#include "adapters/store/postgres_store.hpp"
#include "adapters/store/sqlite_store.hpp"

namespace vcare::program {

video::EmbeddedVideoSettings video_settings(const Settings& settings) {
    const auto& embedded = settings.video.embedded;
    std::map<std::string, video::IceServers> regional;
    for (const std::string& pair : embedded.regional_urls) {
        const auto equals = pair.find('=');
        const std::string url = pair.substr(equals + 1);
        video::IceServers& servers = regional[pair.substr(0, equals)];
        (url.starts_with("stun") ? servers.stun_urls : servers.turn_urls).push_back(url);
    }
    return {.room_url_base = settings.server.public_url + "/v",
            .servers = {.stun_urls = embedded.stun_urls, .turn_urls = embedded.turn_urls},
            .regional = std::move(regional),
            .turn_secret = embedded.turn_secret};
}

std::unique_ptr<store::Store> open_store(const Settings& settings, const AdapterOptions& options,
                                         application::Telemetry& telemetry) {
    application::Telemetry* const traces = settings.telemetry.otlp_url.empty() ? nullptr : &telemetry;
    try {
        if (!is_embedded_store(settings))
            return store::open_postgres_store(
                {.url = settings.store.url,
                 .loops = options.loops,
                 .connections = static_cast<std::size_t>(settings.store.connections),
                 .telemetry = traces,
                 .gauges = &telemetry,
                 .outbox_written = options.outbox_written});
        return store::open_sqlite_store({.path = store_file(settings),
                                         .outbox_written = options.outbox_written,
                                         .migrate = options.migrate,
                                         .telemetry = traces});
    } catch (const std::runtime_error& problem) {
        throw DependencyAway{problem.what()};
    }
}

}  // namespace vcare::program
