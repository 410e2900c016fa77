// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <variant>
#include <vector>

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

/// How a try to publish an event went.
struct EventAcknowledged {};
/// Nobody took it, or nobody said so: it may or may not be there, and trying again is harmless.
struct BrokerAway {
    std::string reason;  ///< a fixed word, for operators
};
/// For its content: the same again is refused again, until somebody changes something.
struct EventRefused {
    std::string reason;  ///< what the broker said; never what the event holds
};
using PublishOutcome = std::variant<EventAcknowledged, BrokerAway, EventRefused>;

/// Takes events to the broker.
class EventBroker {
  public:
    virtual ~EventBroker() = default;
    /// Whether there is none: an event is published as soon as it has its place in the event log. It
    /// acknowledges at once what is left from a time with one.
    [[nodiscard]] virtual bool is_embedded() const { return false; }
    /// Comes back when the broker has acknowledged or refused, or after a few seconds without either. A
    /// repeat of the same event id is harmless. Several may be under way at once.
    [[nodiscard]] virtual Task<PublishOutcome> publish(domain::TenantId tenant, OutboxEntry entry) = 0;
    /// Whether it is worth trying.
    [[nodiscard]] virtual bool is_there() const { return true; }
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
