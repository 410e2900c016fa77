// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/work_queues.hpp"
#include "application/round.hpp"
#include "application/session_desk.hpp"
#include "domain/sweep.hpp"

namespace vcare::application {

/// Closes what waits in vain and marks who was lost. Rests after start and after a gap of ours. Several
/// replicas may sweep: each claims its own, and what one that dies had claimed is due again after
/// `claim_life`.
class SweepSessions {
  public:
    /// Does nothing before `resting_until`.
    SweepSessions(const Services& services, domain::Instant resting_until);
    /// `heartbeat`: the instant of the last heartbeat, and since when the clocks counted as it said. A round
    /// decides for that instant, whatever the time is by now: a process that stood still since its heartbeat
    /// (SIGSTOP, a paused machine) could not be connected to. A heartbeat that is too old closes nothing.
    [[nodiscard]] Task<Result<Round>> run_once(domain::SweepClock heartbeat);
    static constexpr domain::seconds claim_life{15};

  private:
    Task<Result<void>> sweep(DueSession due, domain::SweepClock heartbeat);
    Services services_;
    SessionDesk desk_;
    domain::Instant resting_until_;
};

}  // namespace vcare::application
