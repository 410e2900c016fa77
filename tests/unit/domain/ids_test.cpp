// SPDX-License-Identifier: Apache-2.0
#include "domain/ids.hpp"

#include <algorithm>
#include <random>
#include <set>
#include <unordered_set>

#include <gtest/gtest.h>

#include "support/builders/session_builder.hpp"

namespace vcare::testing {
namespace {

UlidEntropy entropy_from(std::mt19937_64& random) {
    UlidEntropy entropy;
    for (std::byte& byte : entropy) byte = static_cast<std::byte>(random());
    return entropy;
}

TEST(Ulid, has_the_form_of_the_specification) {
    const UlidEntropy ones = [] {
        UlidEntropy e;
        e.fill(std::byte{0xff});
        return e;
    }();
    EXPECT_EQ(make_ulid(Instant{}, UlidEntropy{}), "00000000000000000000000000");
    EXPECT_EQ(make_ulid(from_unix_ms((1LL << 48) - 1), ones), "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
    EXPECT_EQ(make_ulid(from_unix_ms(1469918176385), UlidEntropy{}).substr(0, 10), "01ARYZ6S41")
        << "the example of the ULID specification";
}

TEST(Ulid, sorts_by_time_of_creation) {
    std::mt19937_64 random{3};
    std::uniform_int_distribution<std::int64_t> any{0, 253402300799999};
    for (int i = 0; i < 5000; ++i) {
        const Instant one = from_unix_ms(any(random));
        const Instant other = from_unix_ms(any(random));
        if (one == other) continue;
        EXPECT_EQ(one < other, make_ulid(one, entropy_from(random)) < make_ulid(other, entropy_from(random)));
    }
}

TEST(Ulid, is_another_one_for_other_random_bits) {
    std::mt19937_64 random{5};
    std::set<std::string> seen;
    for (int i = 0; i < 10000; ++i) seen.insert(make_ulid(nine_o_clock, entropy_from(random)));
    EXPECT_EQ(seen.size(), 10000U);
}

TEST(Ulid, keeps_every_random_bit) {
    for (std::size_t bit = 0; bit < 80; ++bit) {
        UlidEntropy entropy{};
        entropy[bit / 8] = static_cast<std::byte>(1U << (bit % 8));
        EXPECT_NE(make_ulid(nine_o_clock, entropy), make_ulid(nine_o_clock, UlidEntropy{})) << bit;
    }
}

TEST(Ulid, refuses_what_is_none) {
    EXPECT_TRUE(is_ulid("01ARYZ6S41TSV4RRFFQ69G5FAV"));
    for (const char* text :
         {"", "01ARYZ6S41TSV4RRFFQ69G5FA", "01ARYZ6S41TSV4RRFFQ69G5FAVV", "81ARYZ6S41TSV4RRFFQ69G5FAV",
          "01aryz6s41tsv4rrffq69g5fav", "01ARYZ6S41TSV4RRFFQ69G5FAI", "01ARYZ6S41TSV4RRFFQ69G5FAL",
          "01ARYZ6S41TSV4RRFFQ69G5FAO", "01ARYZ6S41TSV4RRFFQ69G5FAU", "01ARYZ6S41TSV4RRFFQ69G5FA-"})
        EXPECT_FALSE(is_ulid(text)) << text;
}

TEST(OwnId, is_read_back_only_with_its_own_prefix) {
    const auto id = an_id<SessionId>(5);
    EXPECT_TRUE(id.text().starts_with("vsn_"));
    EXPECT_EQ(SessionId::parse(id.text()), id);
    EXPECT_EQ(ParticipantId::parse(id.text()), std::nullopt);
    EXPECT_EQ(SessionId::parse("vsn_"), std::nullopt);
    EXPECT_EQ(SessionId::parse(id.text().substr(4)), std::nullopt);
    EXPECT_EQ(SessionId::parse(id.text() + "0"), std::nullopt);
}

TEST(OpaqueId, is_what_other_services_may_use_and_nothing_else) {
    EXPECT_TRUE(PatientId::parse("A-z0.9:_x").has_value());
    EXPECT_TRUE(PatientId::parse(std::string(128, 'a')).has_value());
    for (const std::string& text :
         {std::string{}, std::string(129, 'a'), std::string{"a b"}, std::string{"a/b"}, std::string{"é"},
          std::string{"a\0b", 3}, std::string{"a\n"}})
        EXPECT_FALSE(PatientId::parse(text).has_value()) << text;
}

TEST(Ids, are_keys_of_ordered_and_unordered_containers) {
    const std::unordered_set<SessionId> own = {an_id<SessionId>(1), an_id<SessionId>(2), an_id<SessionId>(1)};
    const std::unordered_set<TenantId> opaque = {this_clinic(), another_clinic(), this_clinic()};
    EXPECT_EQ(own.size(), 2U);
    EXPECT_EQ(opaque.size(), 2U);
    EXPECT_LT(this_clinic(), another_clinic());
}

}  // namespace
}  // namespace vcare::testing
