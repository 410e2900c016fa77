// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "adapters/events/event_mapping.hpp"
#include "adapters/events/nats_stream.hpp"

namespace vcare::events {

/// Whoever has a message longer than this is taken for dead, and it is delivered again.
inline constexpr std::chrono::seconds acknowledge_within{30};

/// What matters of a durable consumer that is there already.
struct ConsumerFacts {
    bool is_pulled = true;
    bool is_acknowledged = true;  ///< each message for itself
    bool has_whole_messages = true;
    bool begins_at_the_beginning = true;
    std::int64_t deliveries_max = -1;  ///< -1: as often as it takes
    std::chrono::nanoseconds acknowledge_within = events::acknowledge_within;
    std::string filter = {};
};

/// Why messages would be lost with it though its settings may be changed, in one sentence that says what to
/// do; empty when they would not.
[[nodiscard]] std::string problem_with(const ConsumerFacts& consumer, const MappedStream& stream);
/// What of it is not as this service makes it, and can be changed while it is there; empty when all is.
[[nodiscard]] std::string difference_of(const ConsumerFacts& consumer, const MappedStream& stream);

/// How the look at the consumer ended.
struct ConsumerVerdict {
    StreamVerdict verdict = {};
    std::string changed = {};  ///< what was brought in line, in words
};
/// Makes the durable consumer of this service, or brings the one that is there in line, or says why that
/// cannot be. Blocks, for a few seconds at most.
[[nodiscard]] ConsumerVerdict make_or_check_consumer(__jsCtx* jetstream, const MappedStream& stream);

}  // namespace vcare::events
