// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "application/ports/work_queues.hpp"

namespace vcare::application {

/// A WebRTC signal from one participant to another; never stored.
struct Signal {
    domain::TenantId tenant;
    domain::SessionId session;
    domain::ParticipantId from;
    domain::ParticipantId to;
    std::string kind;     ///< `offer`, `answer`, `candidate` or `bye`
    std::string payload;  ///< JSON text as it came
};

/// Takes events to the broker. The embedded one has no broker and acknowledges at once.
class EventBroker {
  public:
    virtual ~EventBroker() = default;
    /// Done when the broker has acknowledged; a repeat of the same event id is harmless.
    [[nodiscard]] virtual Task<Result<void>> publish(domain::TenantId tenant, OutboxEntry entry) = 0;
};

/// Brings published events and signals to the live streams of this replica (and, with a broker, of others).
/// Safe to call from any thread; never blocks.
class LiveBus {
  public:
    virtual ~LiveBus() = default;
    virtual void announce(std::vector<PublishedEvent> events) = 0;
    virtual void send(Signal signal) = 0;
};

}  // namespace vcare::application
