// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "domain/time.hpp"
#include "domain/wire_words.hpp"

namespace vcare::domain {

/// How the people of a visit talk.
enum class Mode : std::uint8_t { video, audio_only, phone, async_text };
constexpr WireWords<Mode, 4> words_of(Mode) {
    return {{{Mode::video, "video"},
             {Mode::audio_only, "audio_only"},
             {Mode::phone, "phone"},
             {Mode::async_text, "async_text"}}};
}

enum class ConnectionQuality : std::uint8_t { good, fair, poor, unknown };
constexpr WireWords<ConnectionQuality, 4> words_of(ConnectionQuality) {
    return {{{ConnectionQuality::good, "good"},
             {ConnectionQuality::fair, "fair"},
             {ConnectionQuality::poor, "poor"},
             {ConnectionQuality::unknown, "unknown"}}};
}

/// One report of a participant's client, every 5 s.
struct ConnectionSample {
    Instant at;
    double rtt_ms = 0;
    double loss_pct = 0;
    double kbps = 0;  ///< the bitrate the client believes it has, both ways
};

struct FallbackThresholds {
    double audio_only_below_kbps = 150;
    double async_below_kbps = 24;
    double loss_pct = 15;
    seconds hold{10};

    friend bool operator==(const FallbackThresholds&, const FallbackThresholds&) = default;
};

enum class FallbackAdvice : std::uint8_t { stay, audio_only, async_text, video };
constexpr WireWords<FallbackAdvice, 4> words_of(FallbackAdvice) {
    return {{{FallbackAdvice::stay, "stay"},
             {FallbackAdvice::audio_only, "audio_only"},
             {FallbackAdvice::async_text, "async_text"},
             {FallbackAdvice::video, "video"}}};
}

/// What to advise, from the samples alone (oldest first), so that a decision can be replayed from a log.
/// Worse than a threshold for `hold` without a break: down. Better than it for three times `hold`: back up.
/// A gap of more than 15 s (or `hold`, if longer) between two samples ends a run: silence proves neither.
[[nodiscard]] FallbackAdvice advise(std::span<const ConnectionSample> samples, Mode current,
                                    const FallbackThresholds& thresholds);

[[nodiscard]] ConnectionQuality quality_of(const ConnectionSample& sample,
                                           const FallbackThresholds& thresholds);

}  // namespace vcare::domain
