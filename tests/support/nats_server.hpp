// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/certificates.hpp"
#include "support/process.hpp"

namespace vcare::support {

/// What lies in the stream.
struct StreamMessage {
    std::uint64_t sequence = 0;
    std::string subject;
    std::string id;    ///< Nats-Msg-Id
    std::string body;  ///< a CloudEvent
};

struct NatsServerOptions {
    std::string user = {};
    std::string password = {};
    std::optional<Certificate> certificate = {};  ///< speaks TLS with it
    std::string more = {};                        ///< of its configuration file
};

/// What matters of the service's reader of a stream.
struct StreamReader {
    bool is_acknowledged = true;
    std::int64_t deliveries_max = -1;  ///< -1: as often as it takes
    std::string filter = {};
    std::string pushed_to = {};  ///< empty: it is pulled
};

/// A NATS server with JetStream of the test's own, in a temporary folder on a free port of the loopback.
class NatsServer {
  public:
    /// Throws when it does not come up.
    explicit NatsServer(NatsServerOptions options = {});
    ~NatsServer() { kill(); }

    void start();  ///< again, on the same port and data
    void kill() { process_.kill(); }
    void pause() const;  ///< it stands still: SIGSTOP
    void go_on() const;  ///< SIGCONT
    [[nodiscard]] std::string url() const;
    [[nodiscard]] std::uint16_t port() const { return port_; }

    /// From now on nobody is let in with another one, nor stays in.
    void change_password(std::string password);

    /// Makes a stream VIRTUAL_CARE before the service does. `retention` is `limits`, `interest` or
    /// `workqueue`; messages larger than `max_message_size` are refused, -1: none is.
    void make_stream(const std::string& retention, int max_message_size = -1) const;
    /// From now on larger messages are refused; -1: none is.
    void limit_message_size(int bytes) const;
    /// Makes the stream of another service, of everything below `subject`.
    void make_stream_of_others(const std::string& name, const std::string& subject,
                               const std::string& retention = "limits") const;
    /// Tells something in the name of another service; it is in its stream when this returns.
    void tell(const std::string& subject, const std::string& body, const std::string& id = {}) const;
    /// How many messages of the stream the service has not acknowledged.
    [[nodiscard]] std::uint64_t unacknowledged(const std::string& name) const;
    /// Forgets how far the service has read: everything is delivered again.
    void forget_reader(const std::string& name) const;
    /// Makes the service's reader of a stream before the service does.
    void make_reader(const std::string& name, const StreamReader& reader) const;
    [[nodiscard]] StreamReader reader_of(const std::string& name) const;
    /// Everything in the stream, in its order, that comes after `sequence`; nothing when there is no stream.
    /// Each is held against its schema.
    [[nodiscard]] std::vector<StreamMessage> messages(std::uint64_t sequence = 0) const;

  private:
    void write_configuration() const;

    NatsServerOptions options_;
    TempFolder folder_;
    std::uint16_t port_;
    Process process_;
};

}  // namespace vcare::support
