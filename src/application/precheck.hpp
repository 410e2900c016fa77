// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/session_desk.hpp"

namespace vcare::application {

/// What would be refused before a request's body is even looked at: licence, role and scope, then
/// existence. The HTTP adapter asks it only when the body is wrong, so that a wrong body never hides a
/// refusal that comes first.
class Precheck {
  public:
    explicit Precheck(const Services& services) : desk_(services) {}

    struct Question {
        std::optional<domain::Scope> scope = {};
        bool starts_something_new = false;
        std::optional<domain::SessionId> session = {};
        std::optional<domain::ParticipantId> participant = {};
    };
    [[nodiscard]] Task<Result<void>> operator()(StaffContext context, Question question);

  private:
    /// The session in question, when there is one, for whoever may have it looked up.
    Task<Result<std::optional<LoadedSession>>> find(StaffContext context, Question question);

    SessionDesk desk_;
};

}  // namespace vcare::application
