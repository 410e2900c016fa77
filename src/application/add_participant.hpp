// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/id_maker.hpp"
#include "application/session_desk.hpp"

namespace vcare::application {

/// Invites one more person to a session.
class AddParticipant {
  public:
    explicit AddParticipant(const Services& services);
    struct Command {
        domain::SessionId session;
        std::optional<std::uint64_t> version = {};
        domain::Role role{};
        std::optional<domain::UserId> user = {};
        domain::Phi<std::string> display_name = {};
        domain::Contact contact = {};
        std::optional<std::string> language = {};
        std::optional<std::string> linked_to = {};  ///< a participant id, or `patient`
    };
    struct Added {
        domain::SessionData session;
        domain::ParticipantId participant;
    };
    [[nodiscard]] Task<Result<Added>> operator()(StaffContext context, Command command,
                                                 KeepAnswer<Added> keep);

  private:
    Services services_;
    SessionDesk desk_;
    IdMaker ids_;
};

}  // namespace vcare::application
