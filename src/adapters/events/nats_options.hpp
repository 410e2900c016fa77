// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "adapters/events/nats_handles.hpp"
#include "adapters/events/nats_link.hpp"

/// For the sources of this adapter only.
namespace vcare::events {

constexpr const char* message_id_header = "Nats-Msg-Id";

/// For questions about streams and consumers: answered within two seconds or not at all.
[[nodiscard]] jsOptions api_options();

/// Throws std::runtime_error with what the library said.
void must(natsStatus status, const std::string& what);

/// How every connection of this service is made: with its credentials, for ever, and soon again. Without
/// callbacks. Throws std::runtime_error when a file that the settings name cannot be used.
[[nodiscard]] OptionsHandle make_nats_options(const NatsSettings& settings);

/// Connects at once, or goes on trying in the background where nobody answers, and says then that it is
/// `connected`. Null when not even that can be. Blocks, for four seconds at most. Throws `BrokerRefused` when
/// the server is there and does not let us in.
[[nodiscard]] ConnectionHandle connect(natsOptions* options, natsConnectionHandler connected, void* closure);

/// The right whose lack the server spoke of last, as a sentence goes on with it: `publish to "subject"`.
/// Empty when it did not speak of one.
[[nodiscard]] std::string missing_right(natsConnection* connection);

}  // namespace vcare::events
