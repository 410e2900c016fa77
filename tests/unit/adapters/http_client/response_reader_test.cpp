// SPDX-License-Identifier: Apache-2.0
#include "adapters/http_client/response_reader.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace vcare::http_client {
namespace {

using Step = ResponseReader::Step;

constexpr ResponseReader::Limits limits{.max_head_bytes = 512, .max_body_bytes = 64};
constexpr std::string_view ok = "HTTP/1.1 200 OK\r\n";

/// Why `bytes` are no answer, as they end with the connection.
std::string failure_of(std::string_view bytes) {
    ResponseReader reader{limits, false};
    auto step = reader.take(bytes);
    if (step == Step::need_bytes) step = reader.end();
    return step == Step::failed ? std::string{word_of(reader.failure())} : "none";
}

TEST(ResponseReader, makes_an_answer_of_bytes_in_any_portions) {
    const std::string bytes =
        "HTTP/1.1 201 Created\r\nLocation: Encounter/1\r\nContent-Length: 5\r\n\r\nhello";
    for (std::size_t size = 1; size <= bytes.size(); ++size) {
        ResponseReader reader{limits, false};
        auto step = Step::need_bytes;
        for (std::size_t at = 0; at < bytes.size(); at += size) {
            ASSERT_EQ(step, Step::need_bytes);
            step = reader.take(std::string_view{bytes}.substr(at, size));
        }
        ASSERT_EQ(step, Step::whole) << size;
        EXPECT_TRUE(reader.leaves_connection_usable());
        const Response response = reader.take_response();
        EXPECT_EQ(response.status, 201);
        EXPECT_EQ(response.headers.at("location"), "Encounter/1");
        EXPECT_EQ(response.body, "hello");
    }
}

TEST(ResponseReader, reads_chunks_and_no_header_behind_them) {
    ResponseReader reader{limits, false};
    ASSERT_EQ(reader.take(std::string{ok} + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n"
                                            "0\r\nlate: field\r\n\r\n"),
              Step::whole);
    EXPECT_TRUE(reader.leaves_connection_usable());
    const Response response = reader.take_response();
    EXPECT_EQ(response.body, "abcde");
    EXPECT_FALSE(response.headers.contains("late"));
}

TEST(ResponseReader, takes_an_answer_without_length_to_the_end_of_the_connection) {
    ResponseReader reader{limits, false};
    ASSERT_EQ(reader.take(std::string{ok} + "\r\nall of it"), Step::need_bytes);
    ASSERT_EQ(reader.end(), Step::whole);
    EXPECT_FALSE(reader.leaves_connection_usable());
    EXPECT_EQ(reader.take_response().body, "all of it");
}

TEST(ResponseReader, does_not_wait_for_a_body_that_cannot_come) {
    for (const char* status : {"204 No Content", "304 Not Modified"}) {
        ResponseReader reader{limits, false};
        EXPECT_EQ(reader.take("HTTP/1.1 " + std::string{status} + "\r\n\r\n"), Step::whole) << status;
    }
    ResponseReader to_head{limits, true};
    EXPECT_EQ(to_head.take(std::string{ok} + "Content-Length: 60\r\n\r\n"), Step::whole);
    EXPECT_TRUE(to_head.leaves_connection_usable());
}

TEST(ResponseReader, passes_over_interim_answers) {
    ResponseReader reader{limits, false};
    ASSERT_EQ(reader.take("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" +
                          std::string{ok} + "Content-Length: 0\r\n\r\n"),
              Step::whole);
    EXPECT_EQ(reader.take_response().status, 200);
}

TEST(ResponseReader, refuses_interim_answers_without_end_and_another_protocol) {
    std::string many;
    for (int i = 0; i < 9; ++i) many += "HTTP/1.1 102 Processing\r\n\r\n";
    EXPECT_EQ(failure_of(many), "not_http");
    EXPECT_EQ(failure_of("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n"), "not_http");
}

TEST(ResponseReader, does_not_leave_a_connection_usable_that_closes_or_said_more) {
    for (const char* rest : {"Connection: close\r\nContent-Length: 1\r\n\r\na",
                             "Content-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\n"}) {
        ResponseReader reader{limits, false};
        ASSERT_EQ(reader.take(std::string{ok} + rest), Step::whole) << rest;
        EXPECT_FALSE(reader.leaves_connection_usable()) << rest;
    }
    ResponseReader old{limits, false};
    ASSERT_EQ(old.take("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na"), Step::whole);
    EXPECT_FALSE(old.leaves_connection_usable());
}

TEST(ResponseReader, says_what_is_wrong_with_an_answer) {
    const std::string head{ok};
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", "reset"},
        {"HTTP/1.1 2", "half_answer"},
        {head + "Content-Length: 5\r\n\r\nhell", "half_answer"},
        {head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "half_answer"},
        {"SSH-2.0-OpenSSH_9.2\r\n", "not_http"},
        {"<html>", "not_http"},
        {"HTTP/2.0 200 OK\r\n\r\n", "not_http"},
        {"HTTP/1.1 OK\r\n\r\n", "not_http"},
        {head + "no colon here\r\n\r\n", "not_http"},
        {head + "Content-Length: 1\r\n\tfolded\r\n\r\na", "not_http"},
        {head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\na", "not_http"},
        {head + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", "not_http"},
        {head + "Content-Length: -1\r\n\r\na", "not_http"},
        {head + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\na", "not_http"},
        {head + "Transfer-Encoding: xchunked\r\n\r\na", "not_http"},
        {head + "Transfer-Encoding: chunked, identity\r\n\r\na", "not_http"},
        {head + "Transfer-Encoding: gzip\r\n\r\na", "not_http"},
        {head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "not_http"},
        {head + "Content-Length: 65\r\n\r\n", "too_large"},
        {head + "Transfer-Encoding: chunked\r\n\r\nffffff\r\n", "too_large"},
        {head + "\r\n" + std::string(65, 'a'), "too_large"},
        {head + "a: " + std::string(512, 'a'), "too_large"},
        {head + "Content-Length: 99999999999999999999999\r\n\r\n", "not_http"},
    };
    for (const auto& [bytes, failure] : cases) EXPECT_EQ(failure_of(bytes), failure) << bytes;
}

TEST(ResponseReader, knows_a_broken_connection_from_one_that_ended) {
    ResponseReader reader{limits, false};
    ASSERT_EQ(reader.take(std::string{ok} + "\r\nall of"), Step::need_bytes);
    ASSERT_EQ(reader.broke(), Step::failed);
    EXPECT_EQ(reader.failure(), Failure::half_answer);
}

}  // namespace
}  // namespace vcare::http_client
