// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "adapters/http_client/dependency.hpp"
#include "adapters/identity/embedded_issuer.hpp"
#include "adapters/keys/envelope_keys.hpp"
#include "adapters/store/store.hpp"
#include "adapters/telemetry/telemetry.hpp"
#include "application/services.hpp"
#include "main/observed_ports.hpp"
#include "main/settings.hpp"

namespace vcare::program {

/// Something outside cannot be used at start: the store, the keys.
class DependencyAway : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

struct AdapterOptions {
    application::LiveBus* live = nullptr;       ///< must be given; outlives the set
    std::function<void()> outbox_written = {};  ///< from any thread: there are events to publish
    bool migrate = true;                        ///< bring an older file up to date, else refuse it
    bool connects_broker = true;                ///< else events only wait, for whoever serves
    /// The event loops that the services are used on; they outlive the set.
    std::vector<boost::asio::any_io_executor> loops = {};
    telemetry::TelemetrySettings telemetry = {};
    Tell tell = {};  ///< for the demo: what happens, in sentences
};

/// Every adapter the settings ask for, and the ports they stand behind. Owns them all; whoever uses the
/// services ends first.
class AdapterSet {
  public:
    /// Throws `DependencyAway` with a sentence for the operator.
    AdapterSet(const Settings& settings, const AdapterOptions& options);
    ~AdapterSet();
    AdapterSet(const AdapterSet&) = delete;
    AdapterSet& operator=(const AdapterSet&) = delete;

    [[nodiscard]] const application::Services& services() const;
    /// The services over a network, each with how its last call went.
    [[nodiscard]] const std::vector<std::shared_ptr<http_client::Dependency>>& remote() const;
    [[nodiscard]] store::Store& store();
    [[nodiscard]] telemetry::ProcessTelemetry& telemetry();
    /// Null when an OIDC provider is the issuer.
    [[nodiscard]] const identity::EmbeddedIssuer* issuer() const;
    /// For operators; null when keys are in files.
    [[nodiscard]] keys::EnvelopeKeys* envelope_keys();

    /// Gives the adapters what they can take while they run. From any thread.
    void take(const Settings& settings);

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace vcare::program
