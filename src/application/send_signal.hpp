// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/event_bus.hpp"
#include "application/session_desk.hpp"

namespace vcare::application {

/// Passes a WebRTC signal to one admitted peer of the same session.
class SendSignal {
  public:
    explicit SendSignal(const Services& services);
    struct Command {
        domain::ParticipantId to;
        std::string kind;
        std::string payload;
    };
    [[nodiscard]] Task<Result<void>> operator()(VisitContext context, Command command,
                                                KeepAnswer<Done> keep = {});

  private:
    Services services_;
    SessionDesk desk_;
};

}  // namespace vcare::application
