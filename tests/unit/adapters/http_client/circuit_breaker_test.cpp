// SPDX-License-Identifier: Apache-2.0
#include "adapters/http_client/circuit_breaker.hpp"

#include <gtest/gtest.h>

namespace vcare::http_client {
namespace {

using domain::milliseconds;

constexpr CircuitBreaker::Pauses pauses{};

class CircuitBreakerTest : public testing::Test {
  protected:
    void open() {
        for (unsigned i = 0; i < CircuitBreaker::failures_to_open; ++i) breaker_.failed(now_);
    }

    CircuitBreaker breaker_{pauses};
    domain::Instant now_ = domain::parse_rfc3339("2026-03-01T09:30:00Z").value();
};

TEST_F(CircuitBreakerTest, opens_after_five_failures_in_a_row) {
    for (unsigned i = 0; i + 1 < CircuitBreaker::failures_to_open; ++i) {
        breaker_.failed(now_);
        EXPECT_FALSE(breaker_.ask(now_));
    }

    breaker_.failed(now_);

    EXPECT_TRUE(breaker_.is_open());
    EXPECT_EQ(breaker_.ask(now_), pauses.min);
}

TEST_F(CircuitBreakerTest, counts_anew_after_a_success) {
    for (int i = 0; i < 10; ++i) {
        for (unsigned j = 0; j + 1 < CircuitBreaker::failures_to_open; ++j) breaker_.failed(now_);
        breaker_.succeeded();
    }

    EXPECT_FALSE(breaker_.is_open());
}

TEST_F(CircuitBreakerTest, lets_one_probe_through_when_the_pause_is_over) {
    open();
    now_ += pauses.min - milliseconds{1};
    EXPECT_EQ(breaker_.ask(now_), milliseconds{1});

    now_ += milliseconds{1};

    EXPECT_FALSE(breaker_.ask(now_)) << "the probe";
    EXPECT_EQ(breaker_.ask(now_), pauses.min) << "everybody else";
}

TEST_F(CircuitBreakerTest, closes_when_the_probe_succeeds) {
    open();
    now_ += pauses.min;
    ASSERT_FALSE(breaker_.ask(now_));

    breaker_.succeeded();

    EXPECT_FALSE(breaker_.is_open());
    EXPECT_FALSE(breaker_.ask(now_));
}

TEST_F(CircuitBreakerTest, doubles_the_pause_with_every_failed_probe_up_to_its_limit) {
    open();
    for (const auto expected : {10, 20, 40, 60, 60}) {
        now_ += *breaker_.ask(now_);
        ASSERT_FALSE(breaker_.ask(now_));
        breaker_.failed(now_);
        EXPECT_EQ(breaker_.ask(now_), domain::seconds{expected});
    }
}

TEST_F(CircuitBreakerTest, does_not_pause_longer_for_requests_that_were_under_way) {
    open();
    now_ += domain::seconds{3};

    breaker_.failed(now_);

    EXPECT_EQ(breaker_.ask(now_), domain::seconds{2});
}

TEST_F(CircuitBreakerTest, sends_another_probe_when_one_never_reports) {
    open();
    now_ += pauses.min;
    ASSERT_FALSE(breaker_.ask(now_));

    now_ += pauses.min;

    EXPECT_FALSE(breaker_.ask(now_));
}

}  // namespace
}  // namespace vcare::http_client
