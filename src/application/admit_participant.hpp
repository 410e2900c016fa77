// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/consent_desk.hpp"
#include "application/session_desk.hpp"

namespace vcare::application {

/// Lets a waiting person into the visit. The patient's admission starts it and asks for consent once more.
class AdmitParticipant {
  public:
    explicit AdmitParticipant(const Services& services);
    struct Command {
        domain::SessionId session;
        domain::ParticipantId participant;
        std::uint64_t version = 0;
        bool with_linked = false;
    };
    [[nodiscard]] Task<Result<domain::SessionData>> operator()(StaffContext context, Command command,
                                                               KeepAnswer<domain::SessionData> keep);

  private:
    Task<Result<std::optional<domain::SessionData>>> try_once(StaffContext context, Command command,
                                                              KeepAnswer<domain::SessionData> keep);
    Services services_;
    SessionDesk desk_;
    ConsentDesk consents_;
};

}  // namespace vcare::application
