// SPDX-License-Identifier: Apache-2.0
#include "domain/enum_set.hpp"

#include <gmock/gmock.h>

namespace vcare::domain {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

enum class Colour : std::uint8_t { red, green, blue, last = 31 };
using enum Colour;

TEST(EnumSet, has_what_was_put_in_once_each_in_the_order_of_the_values) {
    EnumSet<Colour> colours{last, red};
    colours.insert(blue);
    colours.insert(red);

    EXPECT_THAT(colours, ElementsAre(red, blue, last));
    EXPECT_EQ(colours.size(), 3U);
    EXPECT_TRUE(colours.contains(blue));
    EXPECT_FALSE(colours.contains(green));
}

TEST(EnumSet, is_empty_until_something_is_put_in_and_after_all_was_taken_out) {
    EnumSet<Colour> colours;
    EXPECT_TRUE(colours.empty());
    EXPECT_THAT(colours, IsEmpty());

    colours.insert(green);
    EXPECT_FALSE(colours.empty());
    colours.clear();
    EXPECT_TRUE(colours.empty());
}

TEST(EnumSet, gives_what_two_have_in_common) {
    EXPECT_EQ((EnumSet{red, green} & EnumSet{green, blue}), EnumSet{green});
    EXPECT_TRUE((EnumSet{red} & EnumSet{blue}).empty());
}

}  // namespace
}  // namespace vcare::domain
