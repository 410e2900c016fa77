// SPDX-License-Identifier: Apache-2.0
#include "main/event_transport.hpp"

#include "adapters/events/inproc_event_broker.hpp"
#include "adapters/events/nats_event_broker.hpp"
#include "adapters/events/nats_link.hpp"
#include "adapters/events/nats_live_bus.hpp"
#include "main/adapter_set.hpp"

namespace vcare::program {
namespace {

std::unique_ptr<events::NatsLink> open_link(const Settings& settings,
                                            const std::shared_ptr<http_client::Dependency>& broker,
                                            const application::Clock& clock,
                                            application::Telemetry& telemetry) {
    try {
        return events::open_nats_link(nats_settings(settings), broker, clock, telemetry);
    } catch (const std::runtime_error& problem) {
        throw DependencyAway{problem.what()};
    }
}

}  // namespace

events::NatsSettings nats_settings(const Settings& settings) {
    const auto& wanted = settings.events;
    return {.url = wanted.url,
            .user = wanted.user,
            .password = wanted.password,
            .credentials_file = wanted.credentials_file,
            .ca_file = wanted.ca_file,
            .replicas = static_cast<int>(wanted.replicas)};
}

EventTransport::EventTransport(application::LiveBus& own)
    : own_(own), broker_(events::make_inproc_event_broker()) {
}

EventTransport::EventTransport(const Settings& settings, application::LiveBus& own,
                               const application::Clock& clock, application::Telemetry& telemetry)
    : EventTransport(own) {
    if (settings.events.url == "inproc:") return;
    dependencies_.push_back(std::make_shared<http_client::Dependency>("broker", clock, telemetry));
    link_ = open_link(settings, dependencies_.front(), clock, telemetry);
    broker_ = events::make_nats_event_broker(*link_, settings.events.source);
    crossing_ = events::make_nats_live_bus(own, *link_);
}

EventTransport::~EventTransport() = default;

}  // namespace vcare::program
