// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/connection_samples.hpp"
#include "application/session_desk.hpp"

namespace vcare::application {

class ReportConnection {
  public:
    ReportConnection(const Services& services, ConnectionSamples& samples);
    struct Report {
        double rtt_ms = 0;
        double loss_pct = 0;
        double kbps = 0;
        domain::Mode media{};
    };
    [[nodiscard]] Task<Result<domain::FallbackAdvice>> operator()(
        VisitContext context, Report report, KeepAnswer<domain::FallbackAdvice> keep = {});

  private:
    Services services_;
    SessionDesk desk_;
    ConnectionSamples& samples_;
};

}  // namespace vcare::application
