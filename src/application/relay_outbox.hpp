// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/complete_notification.hpp"
#include "application/ports/event_bus.hpp"
#include "application/ports/work_queues.hpp"
#include "application/round.hpp"

namespace vcare::application {

/// Takes events to the broker: those of a session one after the other, those of different sessions side by
/// side. While the broker is away they wait. One that it refuses for its content is tried again with growing
/// pauses and holds up its session only; after `most_refusals` it is a dead letter. Several replicas take
/// turns, a batch each. A crash repeats what was on the way, which the broker drops by the event's id. What
/// people are to be told is completed on the way, and goes nowhere once it does not hold any more.
class RelayOutbox {
  public:
    explicit RelayOutbox(const Services& services) : services_(services), complete_(services) {}
    [[nodiscard]] Task<Result<Round>> run_once();
    static constexpr unsigned batch = 1024;
    static constexpr unsigned most_refusals = 5;
    /// Longer than a round takes: a replica that is slower lost its turn, which does no harm.
    static constexpr domain::seconds claim_life{15};
    /// A round begins nothing more after this.
    static constexpr domain::seconds round_life{5};

  private:
    struct Batch;
    Task<void> relay(std::vector<RelayedEvent*> line, Batch* under_way);
    /// Nothing: not now, for a reason that is not the broker's.
    Task<std::optional<PublishOutcome>> publish(ClaimedEvent event);
    void note_refusal(RelayedEvent& event, std::string reason);
    Services services_;
    CompleteNotification complete_;
};

}  // namespace vcare::application
