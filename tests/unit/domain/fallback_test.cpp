// SPDX-License-Identifier: Apache-2.0
#include "domain/fallback.hpp"

#include <gtest/gtest.h>

#include "support/builders/session_builder.hpp"

namespace vcare::testing {
namespace {

constexpr double wide = 1000;
constexpr double thin = 100;    // below 150: too thin for video
constexpr double thinner = 20;  // below 24: too thin for sound

/// Reports every `step` of one bitrate for `length`, the first at its very start.
std::vector<ConnectionSample> a_line_of(double kbps, seconds length, seconds step = seconds{5},
                                        Instant from = nine_o_clock) {
    std::vector<ConnectionSample> samples;
    for (seconds t{0}; t <= length; t += step) samples.push_back({.at = from + t, .kbps = kbps});
    return samples;
}

FallbackAdvice advice(const std::vector<ConnectionSample>& samples, Mode mode = Mode::video) {
    return advise(samples, mode, FallbackThresholds{});
}

TEST(FallbackAdvice, stays_when_nothing_is_known) {
    EXPECT_EQ(advice({}), FallbackAdvice::stay);
}

TEST(FallbackAdvice, goes_to_sound_when_the_line_is_thin_for_as_long_as_the_hold) {
    EXPECT_EQ(advice(a_line_of(thin, seconds{5})), FallbackAdvice::stay);
    EXPECT_EQ(advice(a_line_of(thin, seconds{10})), FallbackAdvice::audio_only);
}

TEST(FallbackAdvice, goes_to_sound_when_too_much_is_lost) {
    auto samples = a_line_of(wide, seconds{10});
    for (auto& sample : samples) sample.loss_pct = 15;
    EXPECT_EQ(advice(samples), FallbackAdvice::stay) << "exactly the threshold is not worse than it";
    for (auto& sample : samples) sample.loss_pct = 15.1;
    EXPECT_EQ(advice(samples), FallbackAdvice::audio_only);
}

TEST(FallbackAdvice, goes_to_text_when_not_even_sound_fits) {
    EXPECT_EQ(advice(a_line_of(thinner, seconds{10})), FallbackAdvice::async_text);
    EXPECT_EQ(advice(a_line_of(thinner, seconds{10}), Mode::audio_only), FallbackAdvice::async_text);
    EXPECT_EQ(advice(a_line_of(thinner, seconds{5}), Mode::audio_only), FallbackAdvice::stay);
}

TEST(FallbackAdvice, does_not_go_down_from_where_the_line_does_not_matter) {
    EXPECT_EQ(advice(a_line_of(thinner, seconds{60}), Mode::phone), FallbackAdvice::stay);
    EXPECT_EQ(advice(a_line_of(thinner, seconds{60}), Mode::async_text), FallbackAdvice::stay);
    EXPECT_EQ(advice(a_line_of(thin, seconds{60}), Mode::audio_only), FallbackAdvice::stay);
}

TEST(FallbackAdvice, begins_to_hold_anew_after_one_good_report) {
    auto samples = a_line_of(thin, seconds{5});
    samples.push_back({.at = nine_o_clock + seconds{10}, .kbps = wide});
    samples.push_back({.at = nine_o_clock + seconds{15}, .kbps = thin});
    samples.push_back({.at = nine_o_clock + seconds{20}, .kbps = thin});
    EXPECT_EQ(advice(samples), FallbackAdvice::stay);
    samples.push_back({.at = nine_o_clock + seconds{25}, .kbps = thin});
    EXPECT_EQ(advice(samples), FallbackAdvice::audio_only);
}

TEST(FallbackAdvice, forgives_two_missing_reports_but_not_a_silence) {
    EXPECT_EQ(advice(a_line_of(thin, seconds{15}, seconds{15})), FallbackAdvice::audio_only);
    EXPECT_EQ(advice(a_line_of(thin, seconds{16}, seconds{16})), FallbackAdvice::stay);
}

TEST(FallbackAdvice, forgives_a_gap_as_long_as_a_long_hold) {
    FallbackThresholds patient;
    patient.hold = seconds{40};
    EXPECT_EQ(advise(a_line_of(thin, seconds{40}, seconds{40}), Mode::video, patient),
              FallbackAdvice::audio_only);
}

TEST(FallbackAdvice, offers_the_way_back_up_after_three_times_the_hold) {
    for (const Mode mode : {Mode::audio_only, Mode::phone, Mode::async_text}) {
        EXPECT_EQ(advice(a_line_of(wide, seconds{25}), mode), FallbackAdvice::stay);
        EXPECT_EQ(advice(a_line_of(wide, seconds{30}), mode), FallbackAdvice::video);
    }
    EXPECT_EQ(advice(a_line_of(wide, seconds{300})), FallbackAdvice::stay) << "it is video already";
}

TEST(FallbackAdvice, is_the_same_for_the_same_samples) {
    const auto samples = a_line_of(thin, seconds{20});
    EXPECT_EQ(advice(samples), advice(samples));
}

TEST(ConnectionQuality, is_told_from_one_sample) {
    const FallbackThresholds thresholds;
    EXPECT_EQ(quality_of({.at = nine_o_clock, .rtt_ms = 80, .loss_pct = 0, .kbps = 1000}, thresholds),
              ConnectionQuality::good);
    EXPECT_EQ(quality_of({.at = nine_o_clock, .rtt_ms = 300, .loss_pct = 0, .kbps = 1000}, thresholds),
              ConnectionQuality::fair);
    EXPECT_EQ(quality_of({.at = nine_o_clock, .rtt_ms = 80, .loss_pct = 5, .kbps = 1000}, thresholds),
              ConnectionQuality::fair);
    EXPECT_EQ(quality_of({.at = nine_o_clock, .rtt_ms = 80, .loss_pct = 0, .kbps = 400}, thresholds),
              ConnectionQuality::fair);
    EXPECT_EQ(quality_of({.at = nine_o_clock, .rtt_ms = 80, .loss_pct = 0, .kbps = 149}, thresholds),
              ConnectionQuality::poor);
    EXPECT_EQ(quality_of({.at = nine_o_clock, .rtt_ms = 80, .loss_pct = 16, .kbps = 1000}, thresholds),
              ConnectionQuality::poor);
}

}  // namespace
}  // namespace vcare::testing
