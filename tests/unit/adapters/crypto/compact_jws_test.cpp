// SPDX-License-Identifier: Apache-2.0
#include "adapters/crypto/compact_jws.hpp"

#include <gtest/gtest.h>

namespace vcare::crypto {
namespace {

TEST(CompactJws, is_read_as_it_was_written) {
    const std::string input = jws_signing_input(R"({"alg":"none"})", R"({"a":1})");

    const auto parts = parse_compact_jws(to_compact_jws(input, "signature"));

    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->header, R"({"alg":"none"})");
    EXPECT_EQ(parts->payload, R"({"a":1})");
    EXPECT_EQ(parts->signature, "signature");
    EXPECT_EQ(parts->signing_input, input);
}

TEST(CompactJws, needs_exactly_three_parts_of_base64url) {
    for (const std::string_view text :
         {"", ".", "Zg.Zg", "Zg.Zg.Zg.Zg", "Zg.Z.Zg", "Zg==.Zg.Zg", " Zg.Zg.Zg"})
        EXPECT_FALSE(parse_compact_jws(text)) << text;
}

}  // namespace
}  // namespace vcare::crypto
