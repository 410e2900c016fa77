// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

struct __jsCtx;

namespace vcare::events {

inline constexpr const char* stream_name = "VIRTUAL_CARE";
inline constexpr const char* stream_subjects = "virtual_care.>";
/// Below the stream's subjects, and of no event.
inline constexpr const char* probe_subject = "virtual_care.probe";
inline constexpr std::chrono::minutes least_dedupe_window{10};

/// What matters of a stream that is there already.
struct StreamFacts {
    enum class Retention { limits, interest, work_queue };
    Retention retention = Retention::limits;
    bool is_in_files = true;
    bool is_acknowledged = true;
    bool is_own = true;  ///< no mirror, and not sealed
    std::chrono::nanoseconds dedupe_window = least_dedupe_window;
    std::vector<std::string> subjects = {stream_subjects};
};

/// Why events cannot be kept in it, in one sentence that says what to do; empty when they can.
[[nodiscard]] std::string problem_with(const StreamFacts& stream);

/// How the look at the stream ended.
struct StreamVerdict {
    enum class Kind { usable, refused, away };
    Kind kind = Kind::usable;
    std::string reason = {};  ///< a sentence when refused, a fixed word when away
};
/// Makes the stream, or looks whether the one that is there can be used. Blocks, for a few seconds at most.
[[nodiscard]] StreamVerdict make_or_check_stream(__jsCtx* jetstream, int replicas);

/// Whether our login may put events into the stream: the stream is asked to take what it must not take, which
/// it says at once, while the server says nothing to who may not publish. Blocks, for two seconds at most.
[[nodiscard]] StreamVerdict try_to_publish(__jsCtx* jetstream);

/// Looks at a stream that belongs to another service: `away` with the word `no_stream` when there is none
/// (yet), refused when whoever reads would take its messages from its owner. Blocks, for a few seconds at
/// most.
[[nodiscard]] StreamVerdict look_at_shared_stream(__jsCtx* jetstream, const std::string& name);

}  // namespace vcare::events
