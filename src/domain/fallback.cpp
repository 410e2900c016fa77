// SPDX-License-Identifier: Apache-2.0
#include "domain/fallback.hpp"

#include <algorithm>
#include <iterator>

namespace vcare::domain {
namespace {

bool too_thin_for_video(const ConnectionSample& sample, const FallbackThresholds& thresholds) {
    return sample.kbps < thresholds.audio_only_below_kbps || sample.loss_pct > thresholds.loss_pct;
}

bool too_thin_for_sound(const ConnectionSample& sample, const FallbackThresholds& thresholds) {
    return sample.kbps < thresholds.async_below_kbps;
}

/// How long the newest samples in a row have all satisfied `condition`.
template <class Condition>
milliseconds held_for(std::span<const ConnectionSample> samples, seconds longest_gap, Condition condition) {
    if (samples.empty() || !condition(samples.back())) return milliseconds{-1};
    const Instant newest = samples.back().at;
    Instant since = newest;
    for (auto sample = std::next(samples.rbegin()); sample != samples.rend(); ++sample) {
        const bool unbroken = since - sample->at <= longest_gap;
        if (!unbroken || !condition(*sample)) break;
        since = sample->at;
    }
    return newest - since;
}

}  // namespace

FallbackAdvice advise(std::span<const ConnectionSample> samples, Mode current,
                      const FallbackThresholds& thresholds) {
    const auto thin = [&](const ConnectionSample& s) { return too_thin_for_video(s, thresholds); };
    const auto thinner = [&](const ConnectionSample& s) { return too_thin_for_sound(s, thresholds); };
    const auto wide = [&](const ConnectionSample& s) { return !too_thin_for_video(s, thresholds); };
    const seconds hold = thresholds.hold;
    const seconds gap = std::max(hold, seconds{15});  // reports come every 5 s: two may be lost

    const bool talks_over_the_link = current == Mode::video || current == Mode::audio_only;
    if (talks_over_the_link && held_for(samples, gap, thinner) >= hold) return FallbackAdvice::async_text;
    if (current == Mode::video && held_for(samples, gap, thin) >= hold) return FallbackAdvice::audio_only;
    if (current != Mode::video && held_for(samples, gap, wide) >= 3 * hold) return FallbackAdvice::video;
    return FallbackAdvice::stay;
}

ConnectionQuality quality_of(const ConnectionSample& sample, const FallbackThresholds& thresholds) {
    if (too_thin_for_video(sample, thresholds)) return ConnectionQuality::poor;
    const bool comfortable = sample.kbps >= 3 * thresholds.audio_only_below_kbps &&
                             sample.loss_pct <= thresholds.loss_pct / 5 && sample.rtt_ms <= 250;
    return comfortable ? ConnectionQuality::good : ConnectionQuality::fair;
}

}  // namespace vcare::domain
