// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/work_queues.hpp"
#include "application/round.hpp"
#include "application/session_desk.hpp"

namespace vcare::application {

/// Reminds people of visits to come. Who is told, and when to remind them next, are one unit of work, which a
/// visit that was moved, cancelled or begun meanwhile makes stale: so nobody is told twice, or of what is not
/// so any more. A claim of a replica that died comes free.
class SendReminders {
  public:
    explicit SendReminders(const Services& services) : services_(services), desk_(services) {}
    [[nodiscard]] Task<Result<Round>> run_once();
    static constexpr unsigned batch = 100;
    static constexpr domain::seconds lease{30};

  private:
    Task<Result<void>> remind(DueReminder due);
    Services services_;
    SessionDesk desk_;
};

}  // namespace vcare::application
