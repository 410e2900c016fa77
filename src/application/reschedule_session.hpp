// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/link_authentication.hpp"
#include "application/session_desk.hpp"

namespace vcare::application {

/// Moves a visit that has not begun. Every join token out there is replaced.
class RescheduleSession {
  public:
    explicit RescheduleSession(const Services& services);
    struct Command {
        domain::SessionId session;
        std::optional<std::uint64_t> version = {};
        domain::Instant scheduled_start;
        std::optional<domain::Instant> scheduled_end = {};
    };
    [[nodiscard]] Task<Result<domain::SessionData>> operator()(StaffContext context, Command command,
                                                               KeepAnswer<domain::SessionData> keep);

  private:
    Task<Result<std::optional<domain::SessionData>>> try_once(StaffContext context, Command command,
                                                              KeepAnswer<domain::SessionData> keep);
    Services services_;
    SessionDesk desk_;
    LinkMaker links_;
};

}  // namespace vcare::application
