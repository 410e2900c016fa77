// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "adapters/http_client/dependency.hpp"
#include "adapters/http_client/http_client.hpp"
#include "adapters/identity/jwks_source.hpp"
#include "adapters/identity/known_keys.hpp"
#include "application/ports/clock.hpp"
#include "application/ports/telemetry.hpp"

namespace vcare::identity {

/// An issuer that is tried again and again is not left alone for longer than this.
constexpr http_client::CircuitBreaker::Pauses issuer_pauses{.min = domain::milliseconds{1'000},
                                                            .max = domain::milliseconds{10'000}};

struct RemoteIssuer {
    std::string issuer;                             ///< its URL, exactly as its tokens have it
    std::optional<http_client::Url> jwks_url = {};  ///< absent: found by discovery
    KeyPace pace = {};
};

/// The keys that an issuer publishes. Nothing is asked before the first call; whoever needs keys while they
/// are fetched waits for them, three seconds at most. Keys that are known are used at once, also while the
/// issuer is away, as long as `pace.kept_for` allows. The ports outlive it.
[[nodiscard]] std::shared_ptr<JwksSource> make_remote_jwks(
    RemoteIssuer issuer, std::unique_ptr<http_client::HttpClient> client,
    std::shared_ptr<http_client::Dependency> dependency, const application::Clock& clock,
    application::Telemetry& telemetry);

}  // namespace vcare::identity
