// SPDX-License-Identifier: Apache-2.0
#include "domain/time.hpp"

#include <random>

#include <gtest/gtest.h>

namespace vcare::domain {
namespace {

TEST(Rfc3339, reads_the_forms_the_standard_allows) {
    const Instant expected = from_unix_ms(1772443800000);  // 2026-03-02T09:30:00Z
    for (const char* text :
         {"2026-03-02T09:30:00Z", "2026-03-02t09:30:00z", "2026-03-02 09:30:00Z", "2026-03-02T09:30:00.000Z",
          "2026-03-02T09:30:00.0Z", "2026-03-02T14:00:00+04:30", "2026-03-02T04:30:00-05:00",
          "2026-03-02T09:30:00-00:00", "2026-03-01T23:30:00-10:00", "2026-03-02T09:29:60Z",
          "2026-03-02T09:30:00.000999999Z"}) {
        EXPECT_EQ(parse_rfc3339(text), expected) << text;
    }
}

TEST(Rfc3339, keeps_milliseconds_and_cuts_what_is_finer) {
    EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00.5Z"), from_unix_ms(500));
    EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00.05Z"), from_unix_ms(50));
    EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00.1239Z"), from_unix_ms(123));
}

TEST(Rfc3339, refuses_what_is_no_time) {
    for (const char* text : {"",
                             "2026",
                             "2026-03-02",
                             "2026-03-02T09:30Z",
                             "2026-03-02T09:30:00",
                             "2026-03-02T09:30:00+0430",
                             "2026-03-02T09:30:00+04",
                             "2026-03-02T24:00:00Z",
                             "2026-03-02T09:60:00Z",
                             "2026-03-02T09:30:61Z",
                             "2026-02-29T09:30:00Z",
                             "2026-13-01T09:30:00Z",
                             "2026-00-01T09:30:00Z",
                             "2026-03-00T09:30:00Z",
                             "2026-04-31T09:30:00Z",
                             "26-03-02T09:30:00Z",
                             "2026-3-2T9:30:00Z",
                             "2026-03-02T09:30:00.Z",
                             "2026-03-02T09:30:00Z ",
                             " 2026-03-02T09:30:00Z",
                             "2026-03-02T09:30:00Zulu",
                             "2026-03-02X09:30:00Z",
                             "2026-03-02T09:30:00+24:00",
                             "2026-03-02T09:30:00+04:60",
                             "2026-03-02T09:30:00,5Z",
                             "1969-12-31T23:59:59Z",
                             "2026/03/02T09:30:00Z",
                             "2026-03/02T09:30:00Z",
                             "2026-03-02T09-30:00Z",
                             "2026-03-02T09:30-00Z",
                             "2026-03-02T09:30:00+x4:30",
                             "2026-03-02T09:30:00+04:x0",
                             "20x6-03-02T09:30:00Z",
                             "+2026-03-02T09:30:00Z"}) {
        EXPECT_EQ(parse_rfc3339(text), std::nullopt) << text;
    }
}

TEST(Rfc3339, reads_nothing_that_could_not_be_written_again) {
    EXPECT_EQ(parse_rfc3339("1970-01-01T00:30:00+01:00"), std::nullopt) << "that is in 1969";
    EXPECT_EQ(parse_rfc3339("9999-12-31T23:30:00-01:00"), std::nullopt) << "that is in 10000";
    EXPECT_TRUE(parse_rfc3339("9999-12-31T23:59:59.999Z").has_value());
    EXPECT_EQ(parse_rfc3339("1970-01-01T01:00:00+01:00"), Instant{});
}

TEST(Rfc3339, knows_leap_years) {
    EXPECT_TRUE(parse_rfc3339("2024-02-29T00:00:00Z").has_value());
    EXPECT_TRUE(parse_rfc3339("2000-02-29T00:00:00Z").has_value());
    EXPECT_FALSE(parse_rfc3339("2100-02-29T00:00:00Z").has_value());
}

TEST(Rfc3339, gives_back_every_instant_it_wrote) {
    std::mt19937_64 random{20260302};
    std::uniform_int_distribution<std::int64_t> any{0, 253402300799999};
    for (int i = 0; i < 20000; ++i) {
        const Instant at = from_unix_ms(any(random));
        const std::string text = to_rfc3339(at);
        ASSERT_EQ(text.size(), 24U);
        ASSERT_EQ(parse_rfc3339(text), at) << text;
    }
}

TEST(Rfc3339, means_the_same_instant_in_every_offset) {
    std::mt19937_64 random{7};
    std::uniform_int_distribution<std::int64_t> any{86400000, 253402200000000};
    std::uniform_int_distribution<int> offset{-23 * 60 - 59, 23 * 60 + 59};
    for (int i = 0; i < 5000; ++i) {
        const Instant at = from_unix_ms(any(random));
        const int shift = offset(random);
        std::string there = to_rfc3339(at + minutes{shift});
        there.pop_back();
        const int size = std::abs(shift);
        char suffix[8];
        std::snprintf(suffix, sizeof suffix, "%c%02d:%02d", shift < 0 ? '-' : '+', (size / 60) % 24,
                      size % 60);
        ASSERT_EQ(parse_rfc3339(there + suffix), at) << there << suffix;
    }
}

TEST(Rfc3339, survives_any_bytes) {
    std::mt19937_64 random{11};
    const std::string valid = "2026-03-02T09:30:00.123+04:30";
    std::uniform_int_distribution<std::size_t> place{0, valid.size() - 1};
    std::uniform_int_distribution<int> byte{0, 255};
    for (int i = 0; i < 20000; ++i) {
        std::string text = valid.substr(0, place(random) + 1);
        text[place(random) % text.size()] = static_cast<char>(byte(random));
        const auto at = parse_rfc3339(text);
        if (at) ASSERT_EQ(parse_rfc3339(to_rfc3339(*at)), at) << text;
    }
}

}  // namespace
}  // namespace vcare::domain
