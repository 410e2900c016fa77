// SPDX-License-Identifier: Apache-2.0
#include "adapters/events/signal_codec.hpp"

#include <gtest/gtest.h>

#include "unit/adapters/events/a_signal.hpp"

namespace vcare::events {
namespace {

TEST(SignalCodec, gives_a_signal_back_as_it_was) {
    const application::Signal signal = a_signal();

    const auto decoded = decode_signal(encode_signal(signal));

    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ(decoded->tenant, signal.tenant);
    EXPECT_EQ(decoded->session, signal.session);
    EXPECT_EQ(decoded->from, signal.from);
    EXPECT_EQ(decoded->to, signal.to);
    EXPECT_EQ(decoded->kind, "offer");
    EXPECT_EQ(decoded->payload, signal.payload);
}

TEST(SignalCodec, takes_nothing_else_for_a_signal) {
    const std::string whole = encode_signal(a_signal());
    for (const std::string& text : {std::string{}, std::string{"[]"}, std::string{R"({"tenant":"hill"})"},
                                    whole.substr(0, whole.size() - 1)})
        EXPECT_FALSE(decode_signal(text).has_value()) << text;
}

}  // namespace
}  // namespace vcare::events
