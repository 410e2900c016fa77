// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/inbox_store.hpp"
#include "application/ports/message_source.hpp"
#include "application/take_inbound_event.hpp"

namespace vcare::application {

/// Takes messages one at a time, from wherever they come: reads each, has it take effect, and decides what is
/// to become of one that failed. What can never be taken is a dead letter at once; what failed for a reason
/// of its own is tried `most_failures` times with growing pauses. What only waits for the store or another
/// service is tried until it is through: an outage of ours kills no message.
class TakeMessage {
  public:
    /// `reader` outlives it.
    TakeMessage(const Services& services, const MessageReader& reader)
        : services_(services), reader_(reader), take_(services) {}
    /// Safe to repeat. `tries` counts this delivery.
    [[nodiscard]] Task<MessageSettled> operator()(InboundMessage message, unsigned tries);
    static constexpr unsigned most_failures = 5;

  private:
    Task<MessageSettled> take(InboundMessage message, InboundEvent event, unsigned tries);
    Task<MessageSettled> bury(InboundMessage message, Unreadable unreadable);
    Task<MessageSettled> note_failure(InboundMessage message, InboundHead head, Error problem,
                                      unsigned tries);
    [[nodiscard]] MessageSettled again(unsigned tries, std::string problem) const;
    void count(std::string_view type, std::string_view result);
    Services services_;
    const MessageReader& reader_;
    TakeInboundEvent take_;
};

}  // namespace vcare::application
