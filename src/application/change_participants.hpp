// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/link_authentication.hpp"
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
