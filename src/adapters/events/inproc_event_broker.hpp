// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "application/ports/event_bus.hpp"

namespace vcare::events {

[[nodiscard]] std::unique_ptr<application::EventBroker> make_inproc_event_broker();

}  // namespace vcare::events
