// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "adapters/http/cookies.hpp"
#include "adapters/http/forwarded.hpp"
#include "adapters/http/response_writer.hpp"
#include "adapters/http/trace_context.hpp"
#include "unit/adapters/http/fakes.hpp"

namespace vcare::http {
namespace {

const auto participant = *domain::ParticipantId::parse("vsp_01ARZ3NDEKTSV4RRFFQ69G5FAV");

Request with_header(std::string name, std::string value) {
    Request request;
    request.headers.add(std::move(name), std::move(value));
    return request;
}

TEST(Cookies, finds_the_one_of_this_name_only) {
    EXPECT_EQ(find_cookie("a=1; b=2;c=\"3\"", "b"), "2");
    EXPECT_EQ(find_cookie("a=1; b=2;c=\"3\"", "c"), "3");
    EXPECT_FALSE(find_cookie("aa=1; ab=2", "a"));
    EXPECT_FALSE(find_cookie("", "a"));
    EXPECT_FALSE(find_cookie(";;=;", "a"));
}

TEST(Cookies, is_for_no_script_and_for_the_visit_only) {
    EXPECT_EQ(
        to_set_cookie({participant, "t.p.s", domain::seconds{90}, true}),
        "vcare_visit_vsp_01ARZ3NDEKTSV4RRFFQ69G5FAV=t.p.s; Path=/api/v1/virtual-care/visit; Max-Age=90; "
        "HttpOnly; SameSite=Strict; Secure");
}

TEST(Cookies, is_not_secure_where_there_is_no_tls) {
    EXPECT_EQ(to_set_cookie({participant, "x", domain::seconds{-5}, false}).find("Secure"),
              std::string::npos);
}

application::RequestContext context_of(const Request& request, TraceIds& ids) {
    return http::context_of(request, caller_of(request), ids);
}

TEST(RequestTrace, goes_on_with_the_trace_that_came) {
    tests::CountingRandomness randomness;
    TraceIds ids{randomness};
    const auto request =
        with_header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");

    const auto context = context_of(request, ids);

    EXPECT_EQ(context.trace_id, "0af7651916cd43dd8448eb211c80319c");
    EXPECT_EQ(domain::to_hex(context.trace.trace), "0af7651916cd43dd8448eb211c80319c");
    EXPECT_FALSE(context.trace.sampled);
    EXPECT_NE(domain::to_hex(context.trace.span), "b7ad6b7169203331") << "a piece of its own";
}

TEST(RequestTrace, begins_a_trace_when_the_header_is_not_one) {
    for (const auto* header : {"", "00", "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                               "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                               "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                               "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra"}) {
        tests::CountingRandomness randomness;
        TraceIds ids{randomness};
        const auto context = context_of(with_header("traceparent", header), ids);
        EXPECT_EQ(context.trace_id, "0102030405060708090a0b0c0d0e0f10") << header;
    }
}

TEST(RequestTrace, echoes_a_request_id_unless_it_is_odd) {
    tests::CountingRandomness randomness;
    TraceIds ids{randomness};
    EXPECT_EQ(context_of(with_header("X-Request-Id", "abc-1"), ids).request_id, "abc-1");
    EXPECT_NE(context_of(with_header("X-Request-Id", "a b"), ids).request_id, "a b");
    EXPECT_EQ(context_of(with_header("X-Request-Id", std::string(129, 'a')), ids).request_id.size(), 32U);
}

TEST(RequestTrace, draws_for_many_requests_at_once_and_gives_none_twice) {
    tests::CountingRandomness randomness;
    TraceIds ids{randomness};
    const Request plain;
    std::set<std::string> seen;
    for (int i = 0; i < 6; ++i) {
        const auto context = context_of(plain, ids);
        EXPECT_TRUE(seen.insert(context.trace_id).second);
        EXPECT_TRUE(seen.insert(context.request_id).second);
    }
    EXPECT_EQ(randomness.fills, 1U);

    for (int i = 0; i < 200; ++i) static_cast<void>(context_of(plain, ids));
    EXPECT_EQ(randomness.fills, 3U) << "102 requests a block";
}

TEST(ResponseWriter, leaves_out_a_field_that_would_begin_a_line_of_its_own) {
    Response response{200, "text/plain", "x"};
    response.headers.add("X-Evil", "a\r\nSet-Cookie: b=c");

    const auto head = head_of(response, BodyFollows::with_length, true, "now");

    EXPECT_EQ(head, "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\n");
}

TEST(ResponseWriter, says_that_the_connection_ends) {
    EXPECT_NE(
        head_of(Response{200, "a/b", ""}, BodyFollows::with_length, false, "").find("Connection: close"),
        std::string::npos);
}

TEST(ResponseWriter, writes_dates_as_http_wants_them) {
    EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
}

class Forwarded : public testing::Test {
  protected:
    std::string client_of(std::string peer, std::string forwarded) {
        auto request = with_header("X-Forwarded-For", std::move(forwarded));
        request.remote_address = std::move(peer);
        return proxies.client_of(request);
    }
    TrustedProxies proxies{{"10.0.0.0/8", "2001:db8::1"}};
};

TEST_F(Forwarded, believes_a_trusted_proxy) {
    EXPECT_EQ(client_of("10.1.2.3", "203.0.113.9"), "203.0.113.9");
    EXPECT_EQ(client_of("2001:db8::1", "203.0.113.9"), "203.0.113.9");
}

TEST_F(Forwarded, believes_nobody_else) {
    EXPECT_EQ(client_of("192.0.2.1", "203.0.113.9"), "192.0.2.1");
}

TEST_F(Forwarded, stops_at_the_first_address_that_a_client_could_have_made_up) {
    EXPECT_EQ(client_of("10.1.2.3", "1.1.1.1, 203.0.113.9, 10.9.9.9"), "203.0.113.9");
    EXPECT_EQ(client_of("10.1.2.3", "203.0.113.9, junk"), "10.1.2.3");
}

}  // namespace
}  // namespace vcare::http
