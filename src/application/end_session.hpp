// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/session_desk.hpp"

namespace vcare::application {

/// Ends a visit that is waiting or active. Repeating it on an ended one answers with the session.
class EndSession {
  public:
    explicit EndSession(const Services& services) : desk_(services) {}
    struct Command {
        domain::SessionId session;
        std::uint64_t version = 0;
        std::string reason = "completed";
    };
    [[nodiscard]] Task<Result<domain::SessionData>> operator()(StaffContext context, Command command,
                                                               KeepAnswer<domain::SessionData> keep);

  private:
    SessionDesk desk_;
};

}  // namespace vcare::application
