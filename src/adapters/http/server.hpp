// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "adapters/http/limits.hpp"
#include "application/ports/event_bus.hpp"
#include "application/services.hpp"
#include "application/task.hpp"
#include "domain/time.hpp"

namespace vcare::domain {
struct Encounter;
}
namespace vcare::application {
class ConnectionSamples;
}

namespace vcare::http {

struct ListenAddress {
    std::string host = "127.0.0.1";  ///< an address, not a name
    std::uint16_t port = 0;          ///< 0: any free one
};

/// How many requests are too many; 0 is no limit.
struct RateLimits {
    unsigned failed_joins_per_address_per_minute = 60;
    unsigned requests_per_credential_per_second = 50;
    unsigned requests_per_tenant_per_second = 500;
};

/// Where the staff pages sign in; all empty where they take a token.
struct SignInOptions {
    std::string issuer = {};
    std::string issuer_origin = {};  ///< which the staff pages may ask; `https://id.example`
    std::string client_id = {};
    std::string scope = {};
};

/// What is known of something this service depends on.
struct DependencyState {
    enum class State : std::uint8_t { up, degraded, down };
    std::string name;
    State state = State::up;
    domain::Instant checked_at = {};
    std::string detail = {};
};

struct ServerOptions {
    ListenAddress address = {};
    std::optional<ListenAddress> admin = {};  ///< for metrics and health
    bool is_production = false;               ///< then health and version are on the admin listener only
    std::string tls_certificate = {};         ///< PEM files; empty: plain HTTP, behind somebody else's TLS
    std::string tls_key = {};
    std::vector<std::string> trusted_proxies = {};  ///< addresses and networks whose X-Forwarded-For counts
    std::string public_url = {};  ///< of the pages, without a slash at the end; links begin with it
    std::string event_source = "/services/virtual-care-service";
    std::string replica = {};  ///< this process's name, new at every start
    std::string version = {};
    std::string commit = {};
    SignInOptions sign_in = {};
    bool join_by_get = false;
    RateLimits rates = {};
    Limits limits = {};
    /// The metrics in the Prometheus text format. Called on any loop.
    std::function<std::string()> metrics = {};
    /// An Encounter as FHIR R4 JSON.
    std::function<std::string(const domain::Encounter&)> encode_encounter = {};
    /// The last verdict on each dependency. Called on any loop; must not wait for anything.
    std::function<std::vector<DependencyState>()> dependencies = {};
};

/// Brings events and signals to the live streams of every loop. Made before the use cases, which need it,
/// and filled by the server; what is announced before that has no stream to reach.
class LiveHub : public application::LiveBus {
  public:
    /// Ends the staff feeds of a user who was barred. From any thread.
    virtual void bar(domain::BarredUser barred) = 0;
};
[[nodiscard]] std::unique_ptr<LiveHub> make_live_hub();

/// The HTTP side of the program.
class Server {
  public:
    virtual ~Server() = default;

    /// Binds and listens, so that the ports are known; nothing is answered before the loops run. Throws
    /// `std::system_error` with the address in its text when it cannot.
    virtual void listen() = 0;
    [[nodiscard]] virtual std::uint16_t port() const = 0;
    [[nodiscard]] virtual std::uint16_t admin_port() const = 0;  ///< 0 without an admin listener

    /// Other limits from now on. Called on any thread.
    virtual void keep_rates(RateLimits rates) = 0;

    /// Stops accepting, finishes what is under way, tells streams when to come back, and cuts off what is
    /// left after `limits.to_drain`. Comes back when nothing of the server runs any more; awaited on the
    /// first loop, while all of them run. Not ready from the first moment on.
    [[nodiscard]] virtual Task<void> stop() = 0;
};

/// `loops`: the executors of single-threaded loops, which outlive the server. `hub` is the one that
/// `services` names as its live bus.
[[nodiscard]] std::unique_ptr<Server> make_server(std::vector<boost::asio::any_io_executor> loops,
                                                  const application::Services& services,
                                                  application::ConnectionSamples& samples, LiveHub& hub,
                                                  ServerOptions options);

}  // namespace vcare::http
