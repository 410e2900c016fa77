// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/live/event_stream.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "unit/adapters/fixed_clock.hpp"
#include "unit/adapters/http/fakes.hpp"

namespace vcare::http {
namespace {

using namespace std::chrono_literals;

class EventStreamTest : public testing::Test {
  protected:
    std::shared_ptr<EventStream> opened(std::optional<domain::Instant> expires_at = {}) {
        auto stream = std::make_shared<EventStream>(loop, expires_at);
        stream->attach(std::make_unique<tests::FakeByteStream>(io.get_executor(), client));
        return stream;
    }
    void pass(std::chrono::milliseconds time) {
        for (auto passed = 0ms; passed < time; passed += TickWheel::tick) {
            clock.advance(TickWheel::tick);
            loop.wheel().turn();
            settle();
        }
    }
    void settle() {
        io.restart();
        io.poll();
    }

    boost::asio::io_context io;
    Limits limits = {.max_stream_queue_bytes = 100};
    vcare::tests::FixedClock clock;
    tests::Journal journal;
    tests::FakeByteStream::State client;
    Loop loop{io.get_executor(), 0, limits, clock, journal};
};

TEST_F(EventStreamTest, sends_what_was_queued_before_the_connection_came) {
    auto stream = std::make_shared<EventStream>(loop, std::nullopt);
    stream->send("a");
    stream->send("b");

    stream->attach(std::make_unique<tests::FakeByteStream>(io.get_executor(), client));
    settle();

    EXPECT_EQ(client.written, "ab");
    stream->end();
    settle();
}

TEST_F(EventStreamTest, sends_a_comment_every_fifteen_seconds) {
    auto stream = opened();

    pass(60s);

    EXPECT_GE(client.written.size() / 3, 3U);
    EXPECT_LE(client.written.size() / 3, 4U);
    EXPECT_TRUE(client.written.starts_with(":\n\n"));
    stream->end();
    settle();
}

TEST_F(EventStreamTest, closes_a_reader_that_falls_behind) {
    client.completes_writes = false;
    auto stream = opened();
    stream->send("first");  // under way for ever

    for (int i = 0; i < 10; ++i) stream->send(std::string(20, 'x'));

    EXPECT_TRUE(stream->is_over());
    EXPECT_TRUE(client.is_closed);
    EXPECT_TRUE(journal.has("live.slow_reader"));
    settle();
}

TEST_F(EventStreamTest, sends_everything_before_it_finishes) {
    auto stream = opened();
    stream->send("last");
    stream->finish();
    stream->send("too late");
    settle();

    EXPECT_EQ(client.written, "last");
    EXPECT_TRUE(client.is_closed);
}

TEST_F(EventStreamTest, waits_a_little_for_the_client_to_see_the_end) {
    client.answers_the_end = false;
    auto stream = opened();
    stream->send("last");
    stream->finish();
    settle();
    EXPECT_FALSE(client.is_closed);

    pass(3s);

    EXPECT_TRUE(client.is_closed);
    EXPECT_EQ(client.written, "last");
}

TEST_F(EventStreamTest, ends_when_the_bearer_expires) {
    auto stream = opened(clock.now() + 20s);

    pass(19s);
    EXPECT_FALSE(stream->is_over());

    pass(3s);
    EXPECT_TRUE(stream->is_over());
    EXPECT_TRUE(client.is_closed);
}

TEST_F(EventStreamTest, ends_when_the_client_goes) {
    auto stream = opened();
    ByteStream::Done read{*std::move(client.pending_read)};
    client.pending_read.reset();
    std::move(read)(boost::asio::error::eof, 0);

    EXPECT_TRUE(stream->is_over());
    settle();
}

TEST_F(EventStreamTest, is_closed_at_once_when_it_ended_before_the_connection_came) {
    auto stream = std::make_shared<EventStream>(loop, std::nullopt);
    stream->end();
    stream->attach(std::make_unique<tests::FakeByteStream>(io.get_executor(), client));
    EXPECT_TRUE(client.is_closed);
}

TEST(EventStreamFrame, has_an_id_only_where_one_is_given) {
    EXPECT_EQ(to_frame("7.1", "state", "{}"), "id: 7.1\nevent: state\ndata: {}\n\n");
    EXPECT_EQ(to_frame("", "signal", "{}"), "event: signal\ndata: {}\n\n");
}

}  // namespace
}  // namespace vcare::http
