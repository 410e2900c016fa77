// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/link_authentication.hpp"
#include "application/ports/unit_of_work.hpp"
#include "application/session_desk.hpp"

namespace vcare::application {

/// Makes what was decided to be told ready to go out: looks whether it still holds, and puts the way into the
/// visit in. The link is the one that the person has already, as long as it lets them in, else a new one; it
/// is nowhere but in what goes out. Done twice, it comes to the same link.
class CompleteNotification {
  public:
    explicit CompleteNotification(const Services& services);

    /// Nothing when nobody is to be told any more. A refusal means: not now.
    [[nodiscard]] Task<Result<std::optional<OutboxEntry>>> operator()(domain::TenantScope scope,
                                                                      OutboxEntry entry);

  private:
    Task<Result<domain::JoinTokenRecord>> find_or_issue(domain::TenantScope scope, LoadedSession loaded,
                                                        domain::ParticipantId participant);
    Services services_;
    SessionDesk desk_;
    LinkMaker links_;
};

}  // namespace vcare::application
