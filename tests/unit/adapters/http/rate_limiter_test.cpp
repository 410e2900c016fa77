// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/rate_limiter.hpp"

#include <gtest/gtest.h>

namespace vcare::http {
namespace {

using namespace std::chrono_literals;

const domain::Instant start = domain::from_unix_ms(1'800'000'000'000);

TEST(RateLimiter, lets_a_rush_through_up_to_the_limit) {
    RateLimiter limiter{3, 1s};

    EXPECT_EQ(limiter.take("a", start), 0ms);
    EXPECT_EQ(limiter.take("a", start), 0ms);
    EXPECT_EQ(limiter.take("a", start), 0ms);
    EXPECT_GT(limiter.take("a", start), 0ms);
}

TEST(RateLimiter, says_how_long_to_wait_and_means_it) {
    RateLimiter limiter{2, 1s};
    (void)limiter.take("a", start);
    (void)limiter.take("a", start);

    const auto wait = limiter.take("a", start);

    EXPECT_EQ(wait, 500ms);
    EXPECT_GT(limiter.take("a", start + wait - 1ms), 0ms);
    EXPECT_EQ(limiter.take("a", start + wait), 0ms);
}

TEST(RateLimiter, counts_every_key_by_itself) {
    RateLimiter limiter{1, 1s};
    EXPECT_EQ(limiter.take("a", start), 0ms);
    EXPECT_EQ(limiter.take("b", start), 0ms);
    EXPECT_GT(limiter.take("a", start), 0ms);
}

TEST(RateLimiter, takes_nothing_when_only_asked) {
    RateLimiter limiter{1, 1min};
    EXPECT_EQ(limiter.wait_for("a", start), 0ms);
    EXPECT_EQ(limiter.wait_for("a", start), 0ms);
    (void)limiter.take("a", start);
    EXPECT_EQ(limiter.wait_for("a", start), 1min);
}

TEST(RateLimiter, takes_another_limit_while_it_works) {
    RateLimiter limiter{1, 1s};
    (void)limiter.take("a", start);
    ASSERT_GT(limiter.take("a", start), 0ms);

    limiter.allow(0);
    EXPECT_EQ(limiter.take("a", start), 0ms);
    limiter.allow(2);
    EXPECT_EQ(limiter.take("b", start), 0ms);
    EXPECT_EQ(limiter.take("b", start), 0ms);
    EXPECT_GT(limiter.take("b", start), 0ms);
}

TEST(RateLimiter, is_off_at_zero) {
    RateLimiter limiter{0, 1s};
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(limiter.take("a", start), 0ms);
}

TEST(RateLimiter, forgets_keys_that_are_idle_when_there_are_too_many) {
    RateLimiter limiter{1, 1s};
    for (std::size_t i = 0; i < RateLimiter::max_keys; ++i) (void)limiter.take(std::to_string(i), start);

    // Full: a new key is not limited, and an old one still is.
    EXPECT_EQ(limiter.take("new", start), 0ms);
    EXPECT_EQ(limiter.take("new", start), 0ms);
    EXPECT_GT(limiter.take("0", start), 0ms);

    // All are idle: there is room again.
    EXPECT_EQ(limiter.take("new", start + 2s), 0ms);
    EXPECT_GT(limiter.take("new", start + 2s), 0ms);
}

}  // namespace
}  // namespace vcare::http
