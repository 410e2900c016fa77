// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <system_error>

#include <gmock/gmock.h>
#include <unistd.h>

#include "adapters/http_client/http_client.hpp"
#include "support/remote_double.hpp"
#include "unit/adapters/http_client/calls.hpp"

namespace vcare::http_client {
namespace {

using support::Authority;
using support::Received;
using support::RemoteDouble;
using support::Reply;
using Then = Reply::Then;

Reply all_well(const Received&) {
    return support::json_reply(200, R"({"a":1})");
}

class HttpsTest : public testing::Test {
  public:
    HttpsTest() { std::ofstream{ca_file_} << authority_.certificate(); }
    ~HttpsTest() override { std::filesystem::remove(ca_file_); }

  protected:
    std::string outcome_at(const RemoteDouble& server, const std::string& host = "127.0.0.1",
                           std::chrono::milliseconds time = patience) {
        const auto client = make_http_client({.ca_file = ca_file_});
        return outcome_of(send(*client, request_to(server, host), time));
    }
    static Request request_to(const RemoteDouble& server, const std::string& host = "127.0.0.1") {
        return {.url = Url::parse("https://" + host + ":" + std::to_string(server.port())).value()};
    }

    const Authority authority_;
    const std::string ca_file_ =
        std::filesystem::temp_directory_path() / ("vcare-ca-" + std::to_string(::getpid()) + ".pem");
};

TEST_F(HttpsTest, reaches_a_server_that_proves_its_name_or_its_address) {
    RemoteDouble server{all_well, authority_.issue("DNS:localhost,IP:127.0.0.1")};

    EXPECT_EQ(outcome_at(server, "127.0.0.1"), "200");
    EXPECT_EQ(outcome_at(server, "localhost"), "200");
}

TEST_F(HttpsTest, refuses_a_server_that_proves_another_name) {
    RemoteDouble server{all_well, authority_.issue("DNS:other.example,IP:127.0.0.2")};

    EXPECT_EQ(outcome_at(server, "127.0.0.1"), "certificate_wrong_host");
    EXPECT_EQ(outcome_at(server, "localhost"), "certificate_wrong_host");
    EXPECT_TRUE(server.requests().empty());
}

TEST_F(HttpsTest, refuses_a_certificate_that_has_expired) {
    RemoteDouble server{all_well, authority_.issue("IP:127.0.0.1", 0)};

    EXPECT_EQ(outcome_at(server), "certificate_expired");
}

TEST_F(HttpsTest, refuses_a_server_that_an_unknown_authority_vouches_for) {
    const Authority other;
    RemoteDouble server{all_well, other.issue("IP:127.0.0.1")};

    EXPECT_EQ(outcome_at(server), "certificate_unknown_authority");
    const auto trusts_the_system = make_http_client();
    EXPECT_EQ(outcome_of(send(*trusts_the_system, request_to(server))), "certificate_unknown_authority");
}

TEST_F(HttpsTest, refuses_a_server_that_does_not_speak_tls) {
    RemoteDouble server{all_well};
    server.respond([](const Received&) { return Reply{.bytes = "nonsense", .then = Then::close}; });

    EXPECT_THAT(outcome_at(server, "127.0.0.1", impatience), testing::AnyOf("tls", "timed_out"));
}

TEST_F(HttpsTest, uses_a_connection_again) {
    RemoteDouble server{all_well, authority_.issue("IP:127.0.0.1")};
    const auto client = make_http_client({.ca_file = ca_file_});

    for (const Answer& answer : tests::await(send_in_a_row(client.get(), request_to(server), 3, patience)))
        EXPECT_EQ(outcome_of(answer), "200");
    EXPECT_EQ(server.connections(), 1U);
}

TEST_F(HttpsTest, names_what_went_wrong) {
    const Reply whole = all_well({});
    const std::vector<std::pair<Reply, std::string>> cases = {
        {support::silence(), "timed_out"},
        {cut(whole, whole.bytes.size() - 1, Then::stall), "timed_out"},
        {cut(whole, 0, Then::close), "reset"},
        {cut(whole, 20, Then::close), "half_answer"},
        {cut(whole, 20, Then::reset), "half_answer"},
    };
    for (const auto& [reply, failure] : cases) {
        RemoteDouble server{[reply](const Received&) { return reply; }, authority_.issue("IP:127.0.0.1")};
        EXPECT_EQ(outcome_at(server, "127.0.0.1", failure == "timed_out" ? impatience * 5 : patience),
                  failure);
    }
}

TEST_F(HttpsTest, does_not_take_a_cut_answer_without_a_length_for_a_whole_one) {
    const std::string head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n[1,";
    for (const auto& [then, outcome] :
         {std::pair{Then::close, "200"}, std::pair{Then::reset, "half_answer"}}) {
        RemoteDouble server{[&](const Received&) { return Reply{.bytes = head, .then = then}; },
                            authority_.issue("IP:127.0.0.1")};
        EXPECT_EQ(outcome_at(server), outcome);
    }
}

TEST(Https, does_not_start_with_a_file_of_authorities_that_cannot_be_used) {
    EXPECT_THROW(static_cast<void>(make_http_client({.ca_file = "/does/not/exist.pem"})), std::system_error);
}

}  // namespace
}  // namespace vcare::http_client
