// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include "unit/adapters/http/serving_fixture.hpp"

namespace vcare::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

class ConnectionTest : public tests::ServingFixture {
  protected:
    /// Says everything, then reads until the server closes.
    std::string talk(std::string_view bytes) {
        auto socket = connect();
        asio::write(socket, asio::buffer(bytes));
        return read_to_the_end(socket);
    }
    static std::string read_to_the_end(tcp::socket& socket) {
        std::string answer;
        boost::system::error_code end;
        asio::read(socket, asio::dynamic_buffer(answer), end);
        EXPECT_EQ(end, asio::error::eof);
        return answer;
    }
    static std::string read_until(tcp::socket& socket, std::string_view mark) {
        std::string answer;
        asio::read_until(socket, asio::dynamic_buffer(answer), std::string{mark});
        return answer;
    }
};

TEST_F(ConnectionTest, answers_pipelined_requests_in_their_order) {
    start({});
    const auto answer = talk(
        "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\none"
        "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n"
        "GET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    const auto first = answer.find("POST /1 one");
    const auto second = answer.find("GET /2");
    const auto third = answer.find("GET /3");
    ASSERT_NE(third, std::string::npos);
    EXPECT_LT(first, second);
    EXPECT_LT(second, third);
}

TEST_F(ConnectionTest, sends_no_body_to_head) {
    start({});
    const auto answer = talk("HEAD /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_NE(answer.find("Content-Length: 8\r\n"), std::string::npos);
    EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST_F(ConnectionTest, says_go_on_before_it_reads_a_body_that_waits) {
    start({});
    auto socket = connect();
    asio::write(
        socket,
        asio::buffer(std::string_view{
            "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"}));
    EXPECT_EQ(read_until(socket, "\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    asio::write(socket, asio::buffer(std::string_view{"ok"}));
    EXPECT_TRUE(read_to_the_end(socket).ends_with("POST / ok"));
}

TEST_F(ConnectionTest, answers_a_slow_request_with_408_and_closes) {
    start({.to_send_a_request = 1s});
    EXPECT_TRUE(talk("GET / HTTP/1.1\r\nHost:").starts_with("HTTP/1.1 408 "));
}

TEST_F(ConnectionTest, closes_a_connection_that_asks_nothing) {
    start({.between_requests = 1s});
    EXPECT_EQ(talk(""), "");
}

TEST_F(ConnectionTest, answers_a_smuggled_shape_with_400_and_reads_no_further) {
    start({});
    const auto answer = talk(
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 "));
    EXPECT_NE(answer.find("Connection: close"), std::string::npos);
    EXPECT_EQ(answer.find("/smuggled"), std::string::npos);
}

TEST_F(ConnectionTest, lets_the_client_read_why_its_body_was_too_long) {
    start({});
    auto socket = connect();
    std::string bytes = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n";
    bytes.append(2'000'000, 'x');
    asio::write(socket, asio::buffer(bytes));
    EXPECT_TRUE(read_to_the_end(socket).starts_with("HTTP/1.1 413 "));
}

TEST_F(ConnectionTest, answers_500_when_a_task_throws_and_goes_on) {
    start({});
    const auto answer = talk(
        "GET /fail HTTP/1.1\r\nHost: h\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 "));
    EXPECT_EQ(answer.find("a bug"), std::string::npos);
    EXPECT_TRUE(answer.ends_with("GET /next "));
    stop();
    EXPECT_TRUE(journal_.has("http.request_failed"));
}

TEST_F(ConnectionTest, turns_away_one_connection_too_many) {
    start({.max_connections = 1});
    auto first = connect();
    asio::write(first, asio::buffer(std::string_view{"GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"}));
    (void)read_until(first, "GET /1 ");

    auto second = connect();

    EXPECT_TRUE(read_to_the_end(second).starts_with("HTTP/1.1 429 "));
}

TEST_F(ConnectionTest, closes_idle_connections_when_it_drains) {
    start({});
    auto socket = connect();
    asio::write(socket, asio::buffer(std::string_view{"GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"}));
    (void)read_until(socket, "GET /1 ");

    asio::post(io_, [this] { loop_->begin_drain(); });

    EXPECT_EQ(read_to_the_end(socket), "");
}

}  // namespace
}  // namespace vcare::http
