// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "adapters/events/nats_link.hpp"
#include "adapters/http_client/dependency.hpp"
#include "application/ports/event_bus.hpp"
#include "main/settings.hpp"

namespace vcare::program {

/// How every connection to the broker is made.
[[nodiscard]] events::NatsSettings nats_settings(const Settings& settings);

/// The broker that the settings name, and the way of signals to the live streams of other replicas.
class EventTransport {
  public:
    /// Without a broker, whatever the settings say: for commands, which publish nothing.
    explicit EventTransport(application::LiveBus& own);
    /// `own` brings to the streams of this replica; it and the ports outlive the transport. Throws
    /// `DependencyAway` when the broker is there and cannot be used; one that is away is waited for.
    EventTransport(const Settings& settings, application::LiveBus& own, const application::Clock& clock,
                   application::Telemetry& telemetry);
    ~EventTransport();
    EventTransport(const EventTransport&) = delete;
    EventTransport& operator=(const EventTransport&) = delete;

    [[nodiscard]] application::EventBroker& broker() { return *broker_; }
    [[nodiscard]] application::LiveBus& live() { return crossing_ ? *crossing_ : own_; }
    /// The broker as the operators see it; none when it is embedded.
    [[nodiscard]] const std::vector<std::shared_ptr<http_client::Dependency>>& dependencies() const {
        return dependencies_;
    }

  private:
    application::LiveBus& own_;
    std::vector<std::shared_ptr<http_client::Dependency>> dependencies_;
    std::unique_ptr<events::NatsLink> link_;
    std::unique_ptr<application::EventBroker> broker_;
    std::unique_ptr<application::LiveBus> crossing_;
};

}  // namespace vcare::program
