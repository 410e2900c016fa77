// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "application/ports/message_reader.hpp"
#include "application/task.hpp"

namespace vcare::application {

/// What is to become of a message.
struct MessageSettled {
    bool is_finished = false;            ///< not to be delivered again
    domain::milliseconds again_after{};  ///< else
    std::string problem = {};            ///< why it had no effect; empty: it had, now or before
    bool is_dead = false;                ///< it is a dead letter now
};

/// A message that waits to be taken. It comes again by itself when nobody settles it.
struct Delivery {
    std::uint64_t ticket = 0;  ///< what it is settled by
    InboundMessage message;
    unsigned tries = 1;  ///< how often it was delivered, this time included
};

/// Where messages of other services come from. Safe to use from any thread.
class MessageSource {
  public:
    virtual ~MessageSource() = default;
    /// Those that are here now, each once; never waits.
    [[nodiscard]] virtual std::vector<Delivery> ready() = 0;
    /// After the commit of its effect.
    virtual void settle(std::uint64_t ticket, MessageSettled settled) = 0;
    /// A message that was finished before. Nothing when it is not kept any more; `store_unavailable` when
    /// nobody can tell now.
    [[nodiscard]] virtual Task<Result<std::optional<InboundMessage>>> read_again(std::string stream,
                                                                                 std::uint64_t sequence) = 0;
};

}  // namespace vcare::application
