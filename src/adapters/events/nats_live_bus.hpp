// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/events/nats_link.hpp"

namespace vcare::events {

/// Carries signals to the streams of other replicas as well as to `own`, and theirs to `own`. Events come to
/// each replica through the store and are passed on to `own` only. Both outlive the bus.
[[nodiscard]] std::unique_ptr<application::LiveBus> make_nats_live_bus(application::LiveBus& own,
                                                                       NatsLink& link);

}  // namespace vcare::events
