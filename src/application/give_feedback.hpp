// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/session_desk.hpp"

namespace vcare::application {

class GiveFeedback {
  public:
    explicit GiveFeedback(const Services& services) : services_(services) {}
    struct Command {
        unsigned rating = 0;
        domain::Phi<std::string> comment = {};
    };
    [[nodiscard]] Task<Result<void>> operator()(VisitContext context, Command command,
                                                KeepAnswer<Done> keep = {});

  private:
    Services services_;
};

}  // namespace vcare::application
