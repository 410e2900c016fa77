// SPDX-License-Identifier: Apache-2.0
#include "adapters/http_client/http_client.hpp"

#include <array>
#include <set>

#include <gmock/gmock.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "support/remote_double.hpp"
#include "unit/adapters/http_client/calls.hpp"

namespace vcare::http_client {
namespace {

using std::chrono::milliseconds;
using support::Received;
using support::RemoteDouble;
using support::Reply;
using testing::ElementsAre;
using Then = Reply::Then;

Reply all_well(const Received&) {
    return support::json_reply(200, R"({"a":1})");
}
const Reply whole = all_well({});

Request a_request(const RemoteDouble& server, std::string method = "GET") {
    return {.method = std::move(method), .url = Url::parse(server.url() + "/path?a=b").value()};
}

std::vector<std::string> outcomes_in_a_row(Request request, int count, HttpClientSettings settings = {}) {
    const auto client = make_http_client(settings);
    std::vector<std::string> outcomes;
    for (const Answer& answer :
         tests::await(send_in_a_row(client.get(), std::move(request), count, patience)))
        outcomes.push_back(outcome_of(answer));
    return outcomes;
}

TEST(HttpClient, brings_the_request_and_the_answer) {
    RemoteDouble server{[](const Received&) {
        return support::json_reply(201, R"({"id":"e-1"})", {{"Location", "Encounter/e-1"}});
    }};
    const auto client = make_http_client();

    auto request = a_request(server, "POST");
    request.headers = {{"content-type", "application/json"}};
    request.cause = {.trace = {1}, .span = {2}, .sampled = true};
    request.body = R"({"resourceType":"Encounter"})";
    const auto answer = send(*client, request);

    ASSERT_TRUE(answer) << word_of(answer.error());
    EXPECT_EQ(answer->status, 201);
    EXPECT_EQ(answer->headers.at("location"), "Encounter/e-1");
    EXPECT_EQ(answer->body, R"({"id":"e-1"})");
    const auto received = server.requests().at(0);
    EXPECT_EQ(received.method, "POST");
    EXPECT_EQ(received.target, "/path?a=b");
    EXPECT_EQ(received.headers.at("host"), "127.0.0.1:" + std::to_string(server.port()));
    EXPECT_EQ(received.headers.at("traceparent"), request.cause.to_traceparent());
    EXPECT_EQ(received.body, request.body);
}

TEST(HttpClient, finds_servers_by_name) {
    RemoteDouble server{all_well};
    const auto client = make_http_client();
    const auto url = Url::parse("http://localhost:" + std::to_string(server.port())).value();

    EXPECT_EQ(outcome_of(send(*client, {.url = url})), "200");
    EXPECT_EQ(outcome_of(send(*client, {.url = Url::parse("http://no-such-name.invalid").value()})),
              "refused");
}

TEST(HttpClient, hands_back_refusals_and_redirects_as_they_came) {
    const auto client = make_http_client();
    for (const int status : {301, 302, 307, 401, 404, 429, 500, 503}) {
        RemoteDouble server{[status](const Received&) {
            return support::json_reply(status, "{}", {{"location", "http://127.0.0.1:1/elsewhere"}});
        }};
        EXPECT_EQ(outcome_of(send(*client, a_request(server))), std::to_string(status));
        EXPECT_EQ(server.requests().size(), 1U);
    }
}

TEST(HttpClient, names_what_went_wrong) {
    const std::vector<std::pair<Reply, std::string>> cases = {
        {support::silence(), "timed_out"},
        {cut(whole, 20, Then::stall), "timed_out"},
        {cut(whole, whole.bytes.size() - 1, Then::stall), "timed_out"},
        {cut(whole, 0, Then::close), "reset"},
        {cut(whole, 0, Then::reset), "reset"},
        {cut(whole, 20, Then::close), "half_answer"},
        {cut(whole, whole.bytes.size() - 1, Then::close), "half_answer"},
        {{.bytes = "SSH-2.0-OpenSSH_9.2\r\n", .then = Then::stall}, "not_http"},
        {{.bytes = std::string(1000, '\0'), .then = Then::stall}, "not_http"},
        {support::json_reply(200, std::string(70'000, ' ')), "too_large"},
        {support::json_reply(200, "{}", {{"filler", std::string(40'000, 'a')}}), "too_large"},
    };
    const auto client = make_http_client({.max_body_bytes = 64'000});
    for (const auto& [reply, failure] : cases) {
        RemoteDouble server{[reply](const Received&) { return reply; }};
        const auto time = failure == "timed_out" ? impatience : patience;
        EXPECT_EQ(outcome_of(send(*client, a_request(server), time)), failure) << reply.bytes.substr(0, 60);
    }
}

TEST(HttpClient, is_refused_where_nobody_listens_and_finds_the_server_when_it_is_back) {
    RemoteDouble server{all_well};
    const auto client = make_http_client();
    server.stop();
    EXPECT_EQ(outcome_of(send(*client, a_request(server))), "refused");

    server.start();
    EXPECT_EQ(outcome_of(send(*client, a_request(server))), "200");
}

TEST(HttpClient, gives_no_call_more_time_than_its_deadline) {
    RemoteDouble server{all_well};
    const auto client = make_http_client();

    EXPECT_EQ(outcome_of(send(*client, a_request(server), milliseconds{-1})), "timed_out");
}

TEST(HttpClient, refuses_to_send_a_header_that_is_two) {
    RemoteDouble server{all_well};
    const auto client = make_http_client();
    auto request = a_request(server);
    request.headers = {{"x-request-id", "a\r\nhost: other"}};

    EXPECT_EQ(outcome_of(send(*client, request)), "not_http");
    EXPECT_EQ(server.connections(), 0U);
}

TEST(HttpClientPool, uses_a_connection_again) {
    RemoteDouble server{all_well};

    EXPECT_THAT(outcomes_in_a_row(a_request(server), 3), ElementsAre("200", "200", "200"));
    EXPECT_EQ(server.connections(), 1U);
}

TEST(HttpClientPool, keeps_no_connection_that_closes_or_could_be_out_of_step) {
    const std::vector<Reply> replies = {
        support::json_reply(200, "{}", {{"connection", "close"}}),
        {.bytes = whole.bytes + "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"},
    };
    for (const Reply& reply : replies) {
        RemoteDouble server{[reply](const Received&) { return reply; }};
        EXPECT_THAT(outcomes_in_a_row(a_request(server), 2), ElementsAre("200", "200"));
        EXPECT_EQ(server.connections(), 2U) << reply.bytes;
    }
}

TEST(HttpClientPool, opens_another_connection_when_the_server_closed_the_kept_one) {
    RemoteDouble server{[](const Received&) { return Reply{.bytes = whole.bytes, .then = Then::close}; }};
    auto request = a_request(server, "POST");
    request.repeatable = true;

    EXPECT_THAT(outcomes_in_a_row(request, 3), ElementsAre("200", "200", "200"));
}

TEST(HttpClientPool, repeats_on_a_fresh_connection_only_what_may_be_repeated) {
    // Breaks every connection when it is used a second time.
    const auto once = [connections = std::set<std::size_t>{}](const Received& received) mutable {
        return connections.insert(received.connection).second ? whole : cut(whole, 0, Then::close);
    };
    for (const bool repeatable : {true, false}) {
        RemoteDouble server{once};
        auto request = a_request(server, "POST");
        request.repeatable = repeatable;

        EXPECT_THAT(outcomes_in_a_row(request, 2), ElementsAre("200", repeatable ? "200" : "reset"));
        EXPECT_EQ(server.requests().size(), repeatable ? 3U : 2U);
    }
}

TEST(HttpClientPool, repeats_nothing_once_an_answer_has_begun) {
    const auto once = [connections = std::set<std::size_t>{}](const Received& received) mutable {
        return connections.insert(received.connection).second ? whole : cut(whole, 10, Then::close);
    };
    RemoteDouble server{once};

    EXPECT_THAT(outcomes_in_a_row(a_request(server), 2), ElementsAre("200", "half_answer"));
    EXPECT_EQ(server.requests().size(), 2U);
}

TEST(HttpClientPool, repeats_once_and_no_more) {
    const auto broken = [count = 0](const Received&) mutable {
        return ++count == 1 ? whole : cut(whole, 0, Then::close);
    };
    RemoteDouble server{broken};

    EXPECT_THAT(outcomes_in_a_row(a_request(server), 2), ElementsAre("200", "reset"));
    EXPECT_EQ(server.requests().size(), 3U);
}

TEST(HttpClientPool, does_not_use_a_connection_that_has_been_idle_for_too_long) {
    RemoteDouble server{all_well};

    EXPECT_THAT(outcomes_in_a_row(a_request(server), 2, {.idle_limit = std::chrono::seconds{0}}),
                ElementsAre("200", "200"));
    EXPECT_EQ(server.connections(), 2U);
}

TEST(HttpClientPool, keeps_no_more_connections_than_it_may) {
    RemoteDouble server{all_well};

    EXPECT_THAT(outcomes_in_a_row(a_request(server), 2, {.max_idle = 0}), ElementsAre("200", "200"));
    EXPECT_EQ(server.connections(), 2U);
}

Task<void> keep_outcome(HttpClient* client, Request request, milliseconds time, std::string* outcome) {
    *outcome = outcome_of(co_await client->send(std::move(request), deadline_in(time)));
}

TEST(HttpClient, refuses_more_calls_at_once_than_it_may_make) {
    RemoteDouble server{[](const Received&) { return support::silence(); }};
    const auto client = make_http_client({.max_calls = 2});
    boost::asio::io_context io;
    std::array<std::string, 3> outcomes;
    for (std::string& outcome : outcomes) {
        boost::asio::co_spawn(io, keep_outcome(client.get(), a_request(server), impatience, &outcome),
                              [](const std::exception_ptr&) {});
    }
    io.run();

    EXPECT_THAT(outcomes, ElementsAre("timed_out", "timed_out", "refused"));
    EXPECT_EQ(outcome_of(send(*client, a_request(server), impatience)), "timed_out");
}

TEST(HttpClient, gives_up_when_its_caller_is_cancelled) {
    RemoteDouble server{[](const Received&) { return support::silence(); }};
    const auto client = make_http_client();
    boost::asio::io_context io;
    boost::asio::cancellation_signal cancel;
    std::string outcome;
    bool is_over = false;
    boost::asio::co_spawn(io, keep_outcome(client.get(), a_request(server), std::chrono::hours{1}, &outcome),
                          boost::asio::bind_cancellation_slot(
                              cancel.slot(), [&](const std::exception_ptr&) { is_over = true; }));
    while (!server.wait_for_requests(1, milliseconds{0})) io.run_one_for(milliseconds{10});

    cancel.emit(boost::asio::cancellation_type::terminal);
    io.run();

    EXPECT_TRUE(is_over);
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST(HttpClient, may_be_dropped_with_its_loop_in_the_middle_of_a_call) {
    RemoteDouble server{[](const Received&) { return support::silence(); }};
    const auto client = make_http_client();
    std::string outcome;
    {
        boost::asio::io_context io;
        boost::asio::co_spawn(io, keep_outcome(client.get(), a_request(server), patience, &outcome),
                              [](const std::exception_ptr&) {});
        while (!server.wait_for_requests(1, milliseconds{0})) io.run_one_for(milliseconds{10});
    }
    EXPECT_EQ(outcome, "");
}

}  // namespace
}  // namespace vcare::http_client
