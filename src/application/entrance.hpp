// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/link_authentication.hpp"
#include "application/session_desk.hpp"
#include "application/visit_authentication.hpp"
#include "application/visit_view.hpp"

namespace vcare::application {

struct Joined {
    bool direct = false;  ///< straight into the visit; else the waiting room
    domain::SessionId session;
    domain::ParticipantId participant;
    std::string credential;  ///< the whole visit credential
    domain::Instant cookie_until;
    VisitView view;
};

/// What both ways in share: the person joins, gets a credential of their own, and is shown the visit.
class Entrance {
  public:
    explicit Entrance(const Services& services);
    struct Newcomer {
        domain::TenantScope scope;
        domain::ParticipantId participant;
        std::string basis = {};  ///< what the credential is bound to: a token's jti; staff have none
        std::optional<domain::TelehealthProof> proof = {};
        std::optional<IdempotencyKey> key = {};
    };
    /// Changes the session and adds all of it to the unit, for the caller to commit; both outlive the call.
    [[nodiscard]] Task<Result<Joined>> come_in(Newcomer newcomer, LoadedSession* loaded, UnitBuilder* unit);

  private:
    Services services_;
    CredentialMaker credentials_;
    ViewVisit view_;
};

}  // namespace vcare::application
