// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/link_authentication.hpp"
#include "application/session_desk.hpp"

namespace vcare::application {

/// Issues a join token, which voids the one before; a removed person is invited again.
class IssueJoinToken {
  public:
    explicit IssueJoinToken(const Services& services);
    struct Command {
        domain::SessionId session;
        domain::ParticipantId participant;
        std::optional<domain::seconds> ttl = {};
    };
    struct Issued {
        JoinLink link;
        std::string jti;
    };
    [[nodiscard]] Task<Result<Issued>> operator()(StaffContext context, Command command,
                                                  KeepAnswer<Issued> keep);

  private:
    Task<Result<std::optional<Issued>>> try_once(StaffContext context, Command command,
                                                 KeepAnswer<Issued> keep);
    Services services_;
    SessionDesk desk_;
    LinkMaker links_;
};

}  // namespace vcare::application
