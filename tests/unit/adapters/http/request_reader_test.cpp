// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/request_reader.hpp"

#include <algorithm>
#include <ranges>

#include <gtest/gtest.h>

namespace vcare::http {
namespace {

using Step = RequestReader::Step;
using domain::ErrorCode;

constexpr std::size_t plenty = 1024;

/// Brings bytes to a reader and takes whole requests from it.
class Feeder {
  public:
    explicit Feeder(std::size_t max_body = plenty) : max_body_(max_body) {}

    Step feed(std::string_view bytes) {
        const auto room = reader.prepare(bytes.size());
        std::ranges::copy(bytes, room.begin());
        reader.commit(bytes.size());
        return advance();
    }
    Step advance() {
        auto step = reader.advance();
        if (step == Step::have_head) {
            reader.allow_body(max_body_);
            step = reader.advance();
        }
        return step;
    }
    ErrorCode refusal() const { return reader.refusal().code; }

    Limits limits = {};
    RequestReader reader{limits};

  private:
    std::size_t max_body_;
};

TEST(RequestReader, reads_a_request_in_one_piece) {
    Feeder feeder;

    const auto step =
        feeder.feed("POST /a/b?c=d HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nX-Thing:  v \r\n\r\n{}");

    ASSERT_EQ(step, Step::have_request);
    const auto request = feeder.reader.take_request();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.path, "/a/b");
    EXPECT_EQ(request.query, "c=d");
    EXPECT_EQ(request.body, "{}");
    EXPECT_EQ(request.headers.find("x-thing"), "v");
    EXPECT_TRUE(request.keeps_alive);
}

TEST(RequestReader, reads_a_request_that_comes_byte_by_byte) {
    constexpr std::string_view bytes =
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
        "chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
    Feeder feeder;

    for (const auto c : bytes.substr(0, bytes.size() - 1))
        ASSERT_EQ(feeder.feed(std::string_view{&c, 1}), Step::need_bytes);

    ASSERT_EQ(feeder.feed(bytes.substr(bytes.size() - 1)), Step::have_request);
    EXPECT_EQ(feeder.reader.take_request().body, "abcde");
}

TEST(RequestReader, keeps_a_pipelined_request_for_the_next_turn) {
    Feeder feeder;

    ASSERT_EQ(
        feeder.feed(
            "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nxGET /2 HTTP/1.1\r\nHost: h\r\n\r\n"),
        Step::have_request);
    EXPECT_EQ(feeder.reader.take_request().path, "/1");

    ASSERT_EQ(feeder.advance(), Step::have_request);
    EXPECT_EQ(feeder.reader.take_request().path, "/2");
    EXPECT_TRUE(feeder.reader.is_between_requests());
}

TEST(RequestReader, takes_the_path_of_an_absolute_target) {
    Feeder feeder;
    ASSERT_EQ(feeder.feed("GET http://h/a?b HTTP/1.1\r\nHost: h\r\n\r\n"), Step::have_request);
    const auto request = feeder.reader.take_request();
    EXPECT_EQ(request.path, "/a");
    EXPECT_EQ(request.query, "b");
}

TEST(RequestReader, does_not_take_a_trailer_for_a_header) {
    Feeder feeder;
    ASSERT_EQ(feeder.feed("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                          "1\r\na\r\n0\r\nAuthorization: Bearer x\r\n\r\n"),
              Step::have_request);
    EXPECT_FALSE(feeder.reader.take_request().headers.find("Authorization"));
}

TEST(RequestReader, closes_after_a_request_of_http_1_0) {
    Feeder feeder;
    ASSERT_EQ(feeder.feed("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), Step::have_request);
    EXPECT_FALSE(feeder.reader.take_request().keeps_alive);
}

TEST(RequestReader, says_that_the_client_waits_for_a_go_on) {
    Limits limits;
    RequestReader reader{limits};
    constexpr std::string_view head =
        "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n";
    std::ranges::copy(head, reader.prepare(head.size()).begin());
    reader.commit(head.size());

    ASSERT_EQ(reader.advance(), Step::have_head);

    EXPECT_TRUE(reader.expects_continue());
}

struct BadShape {
    std::string_view what;
    std::string_view bytes;
};

class BadRequest : public testing::TestWithParam<BadShape> {};

TEST_P(BadRequest, is_refused_as_no_request_at_all) {
    Feeder feeder;
    EXPECT_EQ(feeder.feed(GetParam().bytes), Step::refused) << GetParam().what;
    EXPECT_EQ(feeder.refusal(), ErrorCode::validation_error);
}

INSTANTIATE_TEST_SUITE_P(
    RequestReader, BadRequest,
    testing::Values(
        BadShape{"folded header", "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n"},
        BadShape{"fold before any header", "GET / HTTP/1.1\r\n Host: h\r\n\r\n"},
        BadShape{"encoding that only ends in chunked",
                 "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n"},
        BadShape{"two encodings",
                 "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, identity\r\n\r\n"},
        BadShape{
            "two encoding fields",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"},
        BadShape{"encoding in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
        BadShape{"no host", "GET / HTTP/1.1\r\n\r\n"},
        BadShape{"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
        BadShape{"two equal lengths",
                 "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx"},
        BadShape{"length list", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1, 1\r\n\r\nx"},
        BadShape{"signed length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\nx"},
        BadShape{"length and encoding",
                 "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"},
        BadShape{"blank before the colon", "GET / HTTP/1.1\r\nHost : h\r\n\r\n"},
        BadShape{"bare LF", "GET / HTTP/1.1\nHost: h\n\n"},
        BadShape{"bare LF behind a good line", "GET / HTTP/1.1\r\nHost: h\n"},
        BadShape{"bare CR in a value", "GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n"},
        BadShape{"NUL in a value", std::string_view{"GET / HTTP/1.1\r\nHost: h\r\nA: \0\r\n\r\n", 33}},
        BadShape{"header without a colon", "GET / HTTP/1.1\r\nHost: h\r\nwhat\r\n\r\n"},
        BadShape{"header without a name", "GET / HTTP/1.1\r\nHost: h\r\n: b\r\n\r\n"},
        BadShape{"another version", "GET / HTTP/2.0\r\nHost: h\r\n\r\n"},
        BadShape{"no version", "GET /\r\nHost: h\r\n\r\n"},
        BadShape{"no path", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"},
        BadShape{"broken chunk",
                 "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n"},
        BadShape{"chunk longer than it says",
                 "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n"}),
    [](const auto& row) {
        std::string name{row.param.what};
        std::ranges::replace_if(
            name, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
        return name;
    });

TEST(RequestReader, refuses_a_head_beyond_16_kib) {
    Feeder feeder;
    EXPECT_EQ(feeder.feed("GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(std::size_t{16} * 1024, 'a')),
              Step::refused);
    EXPECT_EQ(feeder.refusal(), ErrorCode::headers_too_large);
}

TEST(RequestReader, refuses_more_header_fields_than_anybody_needs) {
    Feeder feeder;
    std::string head = "GET / HTTP/1.1\r\nHost: h\r\n";
    for (int i = 0; i < 100; ++i) head += "A: b\r\n";
    EXPECT_EQ(feeder.feed(head + "\r\n"), Step::refused);
    EXPECT_EQ(feeder.refusal(), ErrorCode::headers_too_large);
}

TEST(RequestReader, refuses_a_length_beyond_what_the_operation_takes) {
    Feeder feeder{10};
    EXPECT_EQ(feeder.feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n"), Step::refused);
    EXPECT_EQ(feeder.refusal(), ErrorCode::payload_too_large);
}

TEST(RequestReader, refuses_chunks_that_add_up_to_too_much) {
    Feeder feeder{10};
    EXPECT_EQ(
        feeder.feed("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\n"),
        Step::refused);
    EXPECT_EQ(feeder.refusal(), ErrorCode::payload_too_large);
}

TEST(RequestReader, refuses_a_chunk_extension_without_end) {
    Feeder feeder;
    EXPECT_EQ(feeder.feed("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;a=" +
                          std::string(std::size_t{17} * 1024, 'a')),
              Step::refused);
    EXPECT_EQ(feeder.refusal(), ErrorCode::headers_too_large);
}

TEST(RequestReader, takes_a_body_as_long_as_allowed) {
    Feeder feeder{10};
    EXPECT_EQ(feeder.feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n0123456789"),
              Step::have_request);
}

}  // namespace
}  // namespace vcare::http
