// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/session_desk.hpp"

namespace vcare::application {

/// Takes a person out; everything they hold is void at once.
class RemoveParticipant {
  public:
    explicit RemoveParticipant(const Services& services) : desk_(services) {}
    struct Command {
        domain::SessionId session;
        domain::ParticipantId participant;
        std::optional<std::uint64_t> version = {};
        std::string reason;
    };
    [[nodiscard]] Task<Result<domain::SessionData>> operator()(StaffContext context, Command command,
                                                               KeepAnswer<domain::SessionData> keep);

  private:
    SessionDesk desk_;
};

}  // namespace vcare::application
