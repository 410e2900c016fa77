// SPDX-License-Identifier: Apache-2.0
#include "domain/trace.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace vcare::domain {
namespace {

// The example of the W3C recommendation.
constexpr std::string_view example = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(TraceContext, is_read_and_written_as_a_traceparent) {
    const auto context = TraceContext::parse(example);
    ASSERT_TRUE(context.has_value());
    EXPECT_EQ(to_hex(context->trace), "0af7651916cd43dd8448eb211c80319c");
    EXPECT_EQ(to_hex(context->span), "b7ad6b7169203331");
    EXPECT_TRUE(context->sampled);
    EXPECT_EQ(context->to_traceparent(), example);
}

TEST(TraceContext, knows_only_the_flag_that_asks_for_it_to_be_seen) {
    const std::string stem{example.substr(0, 53)};
    EXPECT_FALSE(TraceContext::parse(stem + "00")->sampled);
    EXPECT_FALSE(TraceContext::parse(stem + "fe")->sampled);
    EXPECT_EQ(TraceContext::parse(stem + "ff")->to_traceparent(), stem + "01");
}

TEST(TraceContext, of_a_later_version_may_be_longer) {
    EXPECT_TRUE(TraceContext::parse("cc" + std::string{example.substr(2)} + "-what-comes"));
    EXPECT_FALSE(TraceContext::parse("cc" + std::string{example.substr(2)} + ".what-comes"));
}

TEST(TraceContext, that_breaks_the_form_is_none) {
    const std::string good{example};
    for (const std::string& bad :
         std::vector<std::string>{"", good.substr(0, 54), good + "-more", "ff" + good.substr(2),
                                  "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                                  "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                                  "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                                  "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",
                                  "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01"})
        EXPECT_FALSE(TraceContext::parse(bad)) << bad;
}

}  // namespace
}  // namespace vcare::domain
