// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/session_desk.hpp"

namespace vcare::application {

/// Cancels a visit that nobody was admitted to. Repeating it on a cancelled one answers with the session.
class CancelSession {
  public:
    explicit CancelSession(const Services& services) : desk_(services) {}
    struct Command {
        domain::SessionId session;
        std::uint64_t version = 0;
        std::string reason;
    };
    [[nodiscard]] Task<Result<domain::SessionData>> operator()(StaffContext context, Command command,
                                                               KeepAnswer<domain::SessionData> keep);

  private:
    SessionDesk desk_;
};

}  // namespace vcare::application
