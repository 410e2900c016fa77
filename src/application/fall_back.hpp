// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/session_desk.hpp"

namespace vcare::application {

/// Changes how the people of an active visit talk.
class FallBack {
  public:
    explicit FallBack(const Services& services) : services_(services), desk_(services) {}
    struct Command {
        domain::SessionId session;
        std::optional<std::uint64_t> version = {};
        domain::Mode mode{};
        std::string reason;
    };
    [[nodiscard]] Task<Result<domain::SessionData>> operator()(StaffContext context, Command command,
                                                               KeepAnswer<domain::SessionData> keep);

  private:
    Services services_;
    SessionDesk desk_;
};

}  // namespace vcare::application
