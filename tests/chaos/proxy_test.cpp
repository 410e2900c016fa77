// SPDX-License-Identifier: Apache-2.0
#include "chaos/proxy.hpp"

#include <gtest/gtest.h>

#include "chaos/plan.hpp"
#include "support/http_client.hpp"
#include "support/remote_double.hpp"

namespace vcare::chaos {
namespace {

using support::HttpClient;
using support::Received;
using support::RemoteDouble;
using Clock = std::chrono::steady_clock;

/// Somebody at the far end who says everything back.
class AProxy : public testing::Test {
  protected:
    std::optional<support::HttpResponse> say(const std::string& body) {
        return client_.try_send({"POST", "/echo", {}, body});
    }
    milliseconds time_to_say(const std::string& body) {
        const auto began = Clock::now();
        const auto answer = say(body);
        EXPECT_TRUE(answer && answer->body == body);
        return std::chrono::duration_cast<milliseconds>(Clock::now() - began);
    }

    RemoteDouble echo_{
        [](const Received& received) { return support::reply(200, received.body, "text/plain"); }};
    Proxy proxy_{echo_.port()};
    HttpClient client_{proxy_.port()};
};

TEST_F(AProxy, passes_everything_on_both_ways_as_it_is) {
    std::string much;
    for (int i = 0; i < 300'000; ++i) much += std::to_string(i);

    for (const std::string& body : {std::string{"hello"}, much, std::string{"bye"}}) {
        const auto answer = say(body);
        ASSERT_TRUE(answer);
        EXPECT_TRUE(answer->body == body) << body.size();
    }
    EXPECT_EQ(echo_.connections(), 1U);
}

TEST_F(AProxy, that_is_cut_resets_who_is_connected_and_who_comes_until_it_is_mended) {
    ASSERT_TRUE(say("hello"));

    proxy_.trouble({.is_cut = true});
    EXPECT_FALSE(say("hello"));
    EXPECT_FALSE(say("hello"));
    EXPECT_EQ(echo_.connections(), 1U);

    proxy_.mend();
    EXPECT_TRUE(say("hello"));
    EXPECT_EQ(echo_.connections(), 2U);
}

TEST_F(AProxy, resets_who_comes_while_nobody_is_at_the_far_end) {
    echo_.stop();
    EXPECT_FALSE(say("hello"));

    echo_.start();
    EXPECT_TRUE(say("hello"));
}

TEST_F(AProxy, that_stalls_loses_nothing) {
    ASSERT_TRUE(say("hello"));
    proxy_.trouble({.is_stalled = true});
    support::RawSocket socket{proxy_.port()};
    ASSERT_TRUE(socket.send("POST /echo HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc"));
    EXPECT_FALSE(socket.read_some(milliseconds{200}));
    EXPECT_TRUE(socket.timed_out());

    proxy_.mend();
    EXPECT_TRUE(socket.read_some(std::chrono::seconds{60}));
}

TEST_F(AProxy, delays_each_way) {
    proxy_.trouble({.delay = milliseconds{150}});
    EXPECT_GE(time_to_say("hello"), milliseconds{300});
}

TEST_F(AProxy, throttles_each_way) {
    proxy_.trouble({.bytes_per_second = 40'000});
    // At most two ways side by side, and the first step at once.
    EXPECT_GE(time_to_say(std::string(20'000, 'x')), milliseconds{400});
}

TEST_F(AProxy, corrupts_what_it_passes_on) {
    const std::string body(1'000, 'x');
    ASSERT_EQ(say(body)->body, body);

    proxy_.trouble({.is_corrupting = true});

    const auto answer = say(body);
    EXPECT_TRUE(!answer || answer->body != body);
}

}  // namespace
}  // namespace vcare::chaos
