// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/session_desk.hpp"

namespace vcare::application {

/// Has the Encounter of a visit that took place paid to the record now, whether it waits for its next try or
/// was refused. One that is in the record already is answered with the session; `invalid_status_transition`
/// when the visit owes none.
class RetryEncounter {
  public:
    explicit RetryEncounter(const Services& services) : desk_(services) {}
    struct Command {
        domain::SessionId session;
    };
    [[nodiscard]] Task<Result<domain::SessionData>> operator()(StaffContext context, Command command,
                                                               KeepAnswer<domain::SessionData> keep);

  private:
    SessionDesk desk_;
};

}  // namespace vcare::application
