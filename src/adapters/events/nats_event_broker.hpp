// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/events/nats_link.hpp"

namespace vcare::events {

/// Publishes CloudEvents into the stream VIRTUAL_CARE, each on the subject that is its type. `source` names
/// this service in them. The link outlives the broker.
[[nodiscard]] std::unique_ptr<application::EventBroker> make_nats_event_broker(NatsLink& link,
                                                                               std::string source);

}  // namespace vcare::events
