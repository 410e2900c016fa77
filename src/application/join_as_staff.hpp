// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/entrance.hpp"

namespace vcare::application {

/// A staff member comes in through their bearer, on their own seat or a provider seat nobody has.
class JoinAsStaff {
  public:
    explicit JoinAsStaff(const Services& services);
    struct Command {
        domain::SessionId session;
        domain::ParticipantId participant;
    };
    [[nodiscard]] Task<Result<Joined>> operator()(StaffContext context, Command command,
                                                  KeepAnswer<Joined> keep);

  private:
    Task<Result<std::optional<Joined>>> try_once(StaffContext context, Command command,
                                                 KeepAnswer<Joined> keep);
    Services services_;
    SessionDesk desk_;
    Entrance entrance_;
};

}  // namespace vcare::application
