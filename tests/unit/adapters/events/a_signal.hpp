// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/event_bus.hpp"

namespace vcare::events {

inline application::Signal a_signal() {
    return {.tenant = domain::TenantId::parse("hill").value(),
            .session = domain::SessionId::make({}, {}),
            .from = domain::ParticipantId::make({}, {}),
            .to = domain::ParticipantId::make({}, {}),
            .kind = "offer",
            .payload = R"({"sdp":"v=0\r\n"})"};
}

}  // namespace vcare::events
