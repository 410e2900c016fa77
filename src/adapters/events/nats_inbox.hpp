// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "adapters/events/event_mapping.hpp"
#include "adapters/events/nats_link.hpp"
#include "application/ports/message_source.hpp"

namespace vcare::events {

/// Reads other services' streams, each through the durable pull consumer `vcare`, which is made when it is
/// not there and shared by all replicas. A thread a stream fetches a few messages and fetches more when those
/// are settled; `roused` is called, from any thread, when there are some. Acknowledged is what was settled,
/// nothing else: what a process had when it died is delivered again.
///
/// A stream that is not there yet is looked for again and again. Throws `BrokerRefused` when one is there
/// that cannot be shared, std::runtime_error when a file that the settings name cannot be used. `broker` is
/// told how it goes; it, the clock and the telemetry outlive the source.
[[nodiscard]] std::unique_ptr<application::MessageSource> open_nats_inbox(
    NatsSettings settings, std::vector<MappedStream> streams, std::shared_ptr<http_client::Dependency> broker,
    const application::Clock& clock, application::Telemetry& telemetry, std::function<void()> roused);

/// Looks at those streams, for a few seconds at most, and takes nothing from them: empty when each can be
/// read, else which is not there. Throws as `open_nats_inbox` does.
[[nodiscard]] std::string look_at_inbox_streams(const NatsSettings& settings,
                                                const std::vector<MappedStream>& streams);

}  // namespace vcare::events
