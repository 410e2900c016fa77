// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/session_desk.hpp"
#include "application/whereabouts.hpp"

namespace vcare::application {

/// The patient says where they are; sealed, for the provider only.
class GiveWhereabouts {
  public:
    explicit GiveWhereabouts(const Services& services);
    struct Command {
        domain::Phi<std::string> address;
        domain::Phi<std::string> callback_number;
    };
    [[nodiscard]] Task<Result<void>> operator()(VisitContext context, Command command,
                                                KeepAnswer<Done> keep = {});

  private:
    Services services_;
    SessionDesk desk_;
};

}  // namespace vcare::application
