// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/demo_fixture.hpp"

namespace vcare::support {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

const std::string api{base_path};

class Shapes : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        folder_ = new TempFolder;
        demo_ = new Demo{folder_->path(),
                         {.environment = {{"VCARE_LIMITS_FAILED_JOINS_PER_ADDRESS_PER_MINUTE", "5"}}}};
    }
    static void TearDownTestSuite() {
        delete demo_;
        delete folder_;
    }
    /// Says these bytes and reads until the server closes.
    static std::string talk(std::string_view bytes) {
        RawSocket socket{demo_->port()};
        socket.send(bytes);
        return socket.read_until_close(10s);
    }
    HttpResponse create(std::string body, Headers headers) {
        return client_.send({"POST", api + "/sessions", std::move(headers), std::move(body)});
    }
    HttpResponse create_json(std::string body) {
        return create(std::move(body), with(doctor_, "Content-Type", "application/json"));
    }

    /// All visits there are, to be compared.
    std::string visits() { return client_.get(api + "/sessions?limit=200", doctor_).at("/items"); }

    HttpClient client_ = demo_->client();
    Headers doctor_ = demo_->staff();
    static inline TempFolder* folder_ = nullptr;
    static inline Demo* demo_ = nullptr;
};

struct Smuggled {
    std::string_view what;
    std::string_view head;
};

TEST_F(Shapes, that_two_servers_could_read_differently_are_refused_and_end_the_connection) {
    const std::vector<Smuggled> shapes = {
        {"both lengths",
         "POST /v/ HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {"a folded header", "GET /v/ HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n"},
        {"a blank before the colon", "GET /v/ HTTP/1.1\r\nHost : h\r\n\r\n"},
        {"a bare LF", "GET /v/ HTTP/1.1\nHost: h\n\n"},
        {"no host", "GET /v/ HTTP/1.1\r\n\r\n"},
        {"two hosts", "GET /v/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
        {"two lengths", "POST /v/ HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n"},
        {"an odd encoding", "POST /v/ HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n"},
        {"an encoding in 1.0", "POST /v/ HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {"no HTTP at all", "\x16\x03\x01\x02\x01hello\r\n\r\n"},
    };
    const std::string before = visits();
    for (const auto& [what, head] : shapes) {
        const std::string answer = talk(std::string{head} + "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
        EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 ")) << what;
        EXPECT_THAT(answer, HasSubstr("\"code\":\"VALIDATION_ERROR\"")) << what;
        EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos) << what << ": answered twice";
    }
    EXPECT_EQ(visits(), before) << "nothing is written";
}

TEST_F(Shapes, that_smuggle_a_booking_behind_them_book_nothing) {
    const std::string before = visits();
    const std::string body =
        R"({"patientId":"patient-smuggled","scheduledStart":")" + minutes_from_now(5) + "\"}";
    give_consent(client_, doctor_, "patient-smuggled");
    HttpRequest booking{"POST", api + "/sessions", with(doctor_, "Content-Type", "application/json"), body};
    const std::string behind = to_wire(booking);
    for (const std::string_view head :
         {"POST /v/ HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
          "POST /v/ HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n",
          "GET /v/ HTTP/1.1\r\nHost : h\r\n\r\n"}) {
        EXPECT_THAT(talk(std::string{head} + behind), StartsWith("HTTP/1.1 400 ")) << head;
        EXPECT_EQ(visits(), before) << head;
    }
    EXPECT_EQ(client_.send(booking).status, 201) << "by itself it is a booking";
}

TEST_F(Shapes, of_requests_whose_sender_says_no_more_are_answered) {
    RawSocket socket{demo_->port()};
    ASSERT_TRUE(socket.send("GET /health HTTP/1.1\r\nHost: h\r\n\r\n"));
    socket.half_close();
    EXPECT_THAT(socket.read_until_close(10s), StartsWith("HTTP/1.1 200 "));
    EXPECT_TRUE(socket.closed_by_peer());
}

TEST_F(Shapes, of_requests_that_break_off_do_nothing) {
    const std::string before = visits();
    give_consent(client_, doctor_, "patient-half");
    std::string whole =
        to_wire({"POST", api + "/sessions", with(doctor_, "Content-Type", "application/json"),
                 R"({"patientId":"patient-half","scheduledStart":")" + minutes_from_now(5) + "\"}"});
    RawSocket socket{demo_->port()};
    ASSERT_TRUE(socket.send(std::string_view{whole}.substr(0, whole.size() - 1)));
    socket.half_close();
    EXPECT_THAT(socket.read_until_close(10s), Not(StartsWith("HTTP/1.1 2")));
    EXPECT_TRUE(socket.closed_by_peer());
    EXPECT_EQ(visits(), before);
}

TEST_F(Shapes, that_come_too_slowly_get_408_and_do_nothing) {
    const std::string before = visits();
    RawSocket socket{demo_->port()};
    ASSERT_TRUE(socket.send("POST " + api +
                            "/sessions HTTP/1.1\r\nHost: h\r\n"
                            "Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{"));
    const std::string answer = socket.read_until_close(60s);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 408 "));
    EXPECT_THAT(answer, HasSubstr("application/problem+json"));
    EXPECT_THAT(answer, HasSubstr("\"code\":\"REQUEST_TIMEOUT\""));
    EXPECT_TRUE(socket.closed_by_peer());
    EXPECT_EQ(visits(), before);
}

TEST_F(Shapes, with_heads_beyond_16_kib_get_431) {
    const auto answer = talk("GET /v/ HTTP/1.1\r\nHost: h\r\nA: " + std::string(17'000, 'a') + "\r\n\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 431 "));
    EXPECT_THAT(answer, HasSubstr("HEADERS_TOO_LARGE"));
}

TEST_F(Shapes, with_bodies_beyond_the_limit_get_413) {
    const auto answer = create_json("{\"reasonForVisit\":\"" + std::string(300'000, 'x') + "\"}");
    EXPECT_EQ(answer.status, 413);
    EXPECT_EQ(answer.code(), "PAYLOAD_TOO_LARGE");
}

TEST_F(Shapes, that_are_not_said_to_be_json_get_415) {
    EXPECT_EQ(create("{}", doctor_).status, 415);
    EXPECT_EQ(create("{}", with(doctor_, "Content-Type", "text/plain")).status, 415);
    EXPECT_EQ(create("{}", with(doctor_, "Content-Type", "application/json; charset=latin1")).status, 415);
    EXPECT_EQ(create("{}", with(doctor_, "Content-Type", "application/json; charset=utf-8")).status, 400);
}

TEST_F(Shapes, of_json_that_nobody_should_send_get_400_with_the_place) {
    const std::vector<std::pair<std::string, std::string>> bodies = {
        {"{", ""},
        {"[]", ""},
        {R"({"patientId":"a","patientId":"b"})", "/patientId"},
        {R"({"patientId":"p","scheduledStart":"2026-02-30T10:00:00Z"})", "/scheduledStart"},
        {R"({"patientId":"p","scheduledStart":"2026-02-20T10:00:00Z","tenantId":"t"})", "/tenantId"},
        {"{\"patientId\":\"\xff\xfe\"}", ""},
        {std::string(40, '[') + std::string(40, ']'), ""},
    };
    const std::string before = visits();
    for (const auto& [body, pointer] : bodies) {
        const auto answer = create_json(body);
        EXPECT_EQ(answer.status, 400) << body;
        EXPECT_EQ(answer.code(), "VALIDATION_ERROR") << body;
        if (!pointer.empty()) EXPECT_THAT(answer.body, HasSubstr("\"pointer\":\"" + pointer + "\"")) << body;
    }
    EXPECT_EQ(visits(), before) << "nothing is written";
}

TEST_F(Shapes, are_looked_at_only_after_who_asks) {
    EXPECT_EQ(create("{", {{"Content-Type", "application/json"}}).status, 401);
    const auto auditor = with(demo_->staff("auditor"), "Content-Type", "application/json");
    EXPECT_EQ(create("{", auditor).status, 403);
    const auto nowhere = client_.send({"POST", api + "/sessions/vsn_01ARZ3NDEKTSV4RRFFQ69G5FAV/end",
                                       with(doctor_, "Content-Type", "application/json"), "{"});
    EXPECT_EQ(nowhere.status, 404);
}

TEST_F(Shapes, of_method_and_path_are_told_apart) {
    const auto wrong = client_.send({"DELETE", api + "/sessions", doctor_, ""});
    EXPECT_EQ(wrong.status, 405);
    EXPECT_EQ(wrong.header("Allow"), "GET, HEAD, POST");
    EXPECT_EQ(client_.get("/nothing").code(), "NOT_FOUND");
    EXPECT_EQ(client_.get("/v/../../etc/passwd").status, 404);
    EXPECT_EQ(client_.get("/v/%2e%2e/%2e%2e/etc/passwd").status, 404);
    EXPECT_EQ(client_.get("/metrics").status, 404);
    EXPECT_EQ(demo_->admin_client().get("/metrics").status, 200);
    EXPECT_EQ(demo_->admin_client().get(api + "/sessions", doctor_).status, 404);
}

TEST_F(Shapes, of_cross_origin_requests_are_not_encouraged) {
    const auto preflight =
        client_.send({"OPTIONS",
                      api + "/sessions",
                      {{"Origin", "https://elsewhere.example"}, {"Access-Control-Request-Method", "POST"}},
                      ""});
    EXPECT_EQ(preflight.status, 405);
    for (const auto& [name, value] : preflight.headers) EXPECT_THAT(name, Not(StartsWith("Access-Control")));
}

TEST_F(Shapes, of_traces_are_continued) {
    const auto answer = client_.get(
        api + "/sessions", {{"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
                            {"X-Request-Id", "mine"}});
    EXPECT_EQ(answer.at("/traceId"), "0af7651916cd43dd8448eb211c80319c");
    EXPECT_EQ(answer.header("X-Request-Id"), "mine");
    EXPECT_EQ(answer.header("Cache-Control"), "no-store");
}

TEST_F(Shapes, of_pages_keep_other_sites_out) {
    for (const auto* path : {"/docs", "/openapi.yaml", "/asyncapi.yaml"}) {
        const auto page = client_.get(path);
        EXPECT_EQ(page.status, 200) << path;
        EXPECT_EQ(page.header("X-Content-Type-Options"), "nosniff") << path;
        EXPECT_EQ(client_.get(path, {{"If-None-Match", page.header("ETag")}}).status, 304) << path;
    }
    EXPECT_THAT(client_.get("/docs").header("Content-Security-Policy"), HasSubstr("frame-ancestors 'none'"));
}

TEST_F(Shapes, of_versions_that_contradict_each_other_get_400) {
    const auto path = api + "/sessions/" + demo_->session() + "/end";
    const auto both = client_.post(path, {{"version", 1}}, with(doctor_, "If-Match", "\"2\""));
    EXPECT_EQ(both.at("/errors/0/pointer"), "/version");
    const auto neither = client_.post(path, {}, doctor_);
    EXPECT_EQ(neither.at("/errors/0/pointer"), "/version");
}

TEST_F(Shapes, of_guessed_links_are_slowed_down_while_the_credentials_of_others_go_on) {
    int refused = 0;
    for (int i = 0; i < 10; ++i) {
        const auto guess = client_.post(api + "/visit/preview", {{"token", "guess-" + std::to_string(i)}});
        if (guess.status == 401) continue;
        EXPECT_EQ(guess.status, 429);
        EXPECT_EQ(guess.code(), "RATE_LIMITED");
        EXPECT_GE(std::stoi(guess.header("Retry-After")), 1);
        ++refused;
    }
    EXPECT_EQ(refused, 5);
    EXPECT_EQ(client_.get(api + "/sessions", doctor_).status, 200);
}

}  // namespace
}  // namespace vcare::support
