// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "adapters/http_client/dependency.hpp"
#include "application/ports/event_bus.hpp"

namespace vcare::events {

struct NatsSettings {
    std::string url;  ///< one or several of `nats://host[:port]` or `tls://…`, separated by commas
    std::string user = {};
    std::string password = {};
    std::string credentials_file = {};  ///< a `.creds` file: a JWT and the seed it is signed with
    std::string ca_file = {};           ///< who may vouch for the server; empty: whom the system trusts
    int replicas = 1;                   ///< of the stream, when it is made here
};

/// The broker is there and cannot be used: its stream is not what we need. One sentence for the operator.
class BrokerRefused : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// A message on its way into the stream.
struct Outgoing {
    std::string subject;
    std::string id;  ///< what the broker knows a repeat by
    std::string body;
};

/// The one connection to NATS, kept up for ever: made again when it is lost, and the stream looked at each
/// time. Safe to use from any thread; nothing here blocks. What is told comes on threads of its own, and is
/// never called any more once the link is gone.
class NatsLink {
  public:
    virtual ~NatsLink() = default;

    /// Puts the message into the stream; `done` is called once: acknowledged, refused, or nothing within a
    /// few seconds. A message that was given up may arrive all the same.
    virtual void publish(Outgoing message, std::function<void(application::PublishOutcome)> done) = 0;
    /// Whether there is a connection to a stream that can be used.
    [[nodiscard]] virtual bool is_usable() const = 0;

    /// To every other replica that is connected now; kept nowhere.
    virtual void tell_others(std::string text) = 0;
    /// What others tell. Set once, before anything can come.
    virtual void listen(std::function<void(std::string)> heard) = 0;
};

/// Tries to connect, for two seconds at most, and goes on trying by itself. Throws `BrokerRefused` when the
/// stream is there and cannot be shared, std::runtime_error when a file that the settings name cannot be
/// used. `broker` is told how it goes; it and the ports outlive the link.
[[nodiscard]] std::unique_ptr<NatsLink> open_nats_link(NatsSettings settings,
                                                       std::shared_ptr<http_client::Dependency> broker,
                                                       const application::Clock& clock,
                                                       application::Telemetry& telemetry);

}  // namespace vcare::events
