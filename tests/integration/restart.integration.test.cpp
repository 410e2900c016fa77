// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/demo_fixture.hpp"

namespace vcare::support {
namespace {

const std::string api{base_path};

class Restart : public testing::Test {
  protected:
    TempFolder folder_;
    Demo demo_{folder_.path()};
    HttpClient client_ = demo_.client();
    Headers doctor_ = demo_.staff();
};

TEST_F(Restart, gives_the_first_answer_again_for_the_same_idempotency_key) {
    give_consent(client_, doctor_, "patient-1");
    const boost::json::object body{{"patientId", "patient-1"}, {"scheduledStart", minutes_from_now(5)}};
    const Headers keyed = with(doctor_, "Idempotency-Key", "booking-1");
    const HttpResponse first = client_.post(api + "/sessions", body, keyed);
    ASSERT_EQ(first.status, 201) << first.body;

    demo_.kill();
    demo_.start();
    const HttpResponse again = demo_.client().post(api + "/sessions", body, keyed);

    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.header("Location"), first.header("Location"));
    EXPECT_EQ(again.header("ETag"), first.header("ETag"));
    const HttpResponse page = demo_.client().get(api + "/sessions?patientId=patient-1", doctor_);
    EXPECT_EQ(page.json().at("items").as_array().size(), 1u);
}

TEST_F(Restart, derives_the_same_credential_again_for_the_same_idempotency_key) {
    give_consent(client_, doctor_, "patient-1");
    const BookedVisit visit = book(client_, doctor_, "patient-1");
    const std::string code = link_code(client_, doctor_, visit.session, visit.patient);
    const Headers key = {{"Idempotency-Key", "page-1"}};
    const HttpResponse first = join(client_, code, "[]", key);
    ASSERT_EQ(first.status, 200);

    demo_.kill();
    demo_.start();
    HttpClient client = demo_.client();
    const HttpResponse again = join(client, code, "[]", key);

    ASSERT_EQ(again.status, 200) << again.body;
    EXPECT_EQ(again.at("/credential"), first.at("/credential"));
    EXPECT_EQ(client.get(api + "/visit", support::visit(first.at("/credential"))).status, 200);
}

TEST_F(Restart, resumes_a_waiting_patients_stream_without_loss) {
    give_consent(client_, doctor_, "patient-1");
    const BookedVisit visit = book(client_, doctor_, "patient-1");
    const HttpResponse joined = join(client_, link_code(client_, doctor_, visit.session, visit.patient));
    const Headers patient = support::visit(joined.at("/credential"));
    std::string last_id;
    {
        SseReader stream{demo_.port(), {"GET", api + "/visit/events", patient, {}}};
        stream.wait_for("state");
        last_id = stream.last_id();
        ASSERT_FALSE(last_id.empty());
    }
    // What happens while nobody listens, some of it before the end of the process and some after.
    const std::string session = api + "/sessions/" + visit.session;
    ASSERT_EQ(client_.post(session + "/participants/" + visit.provider + "/join", {}, doctor_).status, 200);
    ASSERT_EQ(client_
                  .post(session + "/participants/" + visit.patient + "/admit",
                        {{"version", version_of(client_, doctor_, visit.session)}}, doctor_)
                  .status,
              200);
    demo_.kill();
    demo_.start();
    HttpClient client = demo_.client();
    ASSERT_EQ(
        client.post(session + "/fallback", {{"mode", "audio_only"}, {"reason", "slow_network"}}, doctor_)
            .status,
        200);

    SseReader resumed{demo_.port(),
                      {"GET", api + "/visit/events", with(patient, "Last-Event-ID", last_id), {}}};

    EXPECT_EQ(resumed.wait_for("admitted").at("/participantId"), visit.patient);
    EXPECT_EQ(resumed.wait_for("mode").at("/mode"), "audio_only");
    EXPECT_EQ(resumed.wait_for("state").at("/session/mode"), "audio_only");
}

TEST_F(Restart, resumes_the_clinics_feed_where_it_was_left) {
    // Of people without a visit yet, the desk is told, not every clinician.
    const Headers desk = demo_.staff("scheduler");
    SseReader feed{demo_.port(), {"GET", api + "/events", desk, {}}};
    give_consent(client_, doctor_, "patient-before");
    feed.wait_for("virtual_care.consent.recorded.v1");
    const std::string last_id = feed.last_id();
    give_consent(client_, doctor_, "patient-missed");
    demo_.kill();
    demo_.start();

    SseReader resumed{demo_.port(), {"GET", api + "/events", with(desk, "Last-Event-ID", last_id), {}}};

    EXPECT_EQ(resumed.wait_for("virtual_care.consent.recorded.v1").at("/data/patientId"), "patient-missed");
}

TEST_F(Restart, takes_an_id_that_is_no_position_as_a_fresh_start) {
    give_consent(client_, doctor_, "patient-1");
    const BookedVisit visit = book(client_, doctor_, "patient-1");
    const HttpResponse joined = join(client_, link_code(client_, doctor_, visit.session, visit.patient));
    for (const std::string& id : {"0", "999999999-0", "nonsense", "-1", "18446744073709551616"}) {
        SseReader stream{demo_.port(),
                         {"GET",
                          api + "/visit/events",
                          with(support::visit(joined.at("/credential")), "Last-Event-ID", id),
                          {}}};
        EXPECT_EQ(stream.wait_for("state").at("/participant/status"), "waiting") << id;
    }
}

TEST_F(Restart, drains_by_finishing_what_is_under_way_and_sending_streams_back) {
    give_consent(client_, doctor_, "patient-1");
    const BookedVisit visit = book(client_, doctor_, "patient-1");
    const HttpResponse joined = join(client_, link_code(client_, doctor_, visit.session, visit.patient));
    RawSocket stream{demo_.port()};
    stream.send(to_wire({"GET", api + "/visit/events", support::visit(joined.at("/credential")), {}}));
    std::string seen;
    while (seen.find("event: state") == std::string::npos) {
        const auto more = stream.read_some(seconds{60});
        ASSERT_TRUE(more.has_value());
        seen += *more;
    }
    // A request that has begun when the drain does: the service has asked for the rest.
    const std::string body = R"({"patientId": "late", "type": "telehealth", "method": "verbal"})";
    Headers headers = with(doctor_, "Content-Type", "application/json");
    headers.emplace_back("Expect", "100-continue");
    const std::string wire = to_wire({"POST", api + "/consents", headers, body});
    RawSocket slow{demo_.port()};
    slow.send(wire.substr(0, wire.size() - body.size()));
    EXPECT_THAT(slow.read_some(seconds{60}).value_or(""), testing::StartsWith("HTTP/1.1 100"));

    demo_.process().signal(SIGTERM);
    const std::string rest = stream.read_until_close(seconds{60});
    slow.send(body);
    const std::string answer = slow.read_until_close(seconds{60});

    EXPECT_THAT(rest, testing::HasSubstr("retry:"));
    EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 201"));
    EXPECT_EQ(demo_.process().wait(seconds{60}), 0);
    EXPECT_FALSE(RawSocket{demo_.port()}.is_open());
}

TEST_F(Restart, ends_at_once_at_the_second_signal) {
    // Nothing but a request that never ends keeps the drain from being over.
    RawSocket slow{demo_.port()};
    slow.send("POST " + api + "/consents HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
    ASSERT_EQ(client_.get("/health/live").status, 200);
    demo_.process().signal(SIGTERM);
    // Until the first signal has been seen: nobody is let in any more.
    while (RawSocket{demo_.port()}.is_open()) std::this_thread::yield();

    demo_.process().signal(SIGTERM);

    // A drain that came to its end would answer 0.
    EXPECT_EQ(demo_.process().wait(seconds{60}), 1);
}

/// Waits until the service has logged this so many times.
bool has_logged(const auto& service, const std::string& word, int times = 1) {
    const auto deadline = std::chrono::steady_clock::now() + seconds{60};
    while (std::chrono::steady_clock::now() < deadline) {
        const std::string log = service.log();
        int found = 0;
        for (std::size_t at = log.find(word); at != std::string::npos; at = log.find(word, at + 1)) ++found;
        if (found >= times) return true;
        std::this_thread::yield();
    }
    return false;
}

TEST_F(Restart, takes_a_new_log_level_on_sighup_and_refuses_a_wrong_one) {
    const std::string config = read_text(demo_.config());

    write_text(demo_.config(), config + "\n[log]\nlevel = \"loud\"\n");
    demo_.process().signal(SIGHUP);
    EXPECT_TRUE(has_logged(demo_, "config.refused"));
    EXPECT_EQ(client_.get("/health/ready").status, 200);

    write_text(demo_.config(), config + "\n[log]\nlevel = \"debug\"\n");
    demo_.process().signal(SIGHUP);
    EXPECT_TRUE(has_logged(demo_, R"("event":"config.reloaded","keys":"log.level")"));
}

TEST_F(Restart, takes_licences_on_sighup_and_names_what_needs_a_restart) {
    give_consent(client_, doctor_, "patient-1");
    const boost::json::object visit{{"patientId", "patient-1"}, {"scheduledStart", minutes_from_now(5)}};
    const std::string config = read_text(demo_.config());

    write_text(demo_.config(), config + "\n[licensing]\nunlicensed = [\"" + demo_.tenant() +
                                   "\"]\n\n[sweeper]\nrest_seconds = 7\n");
    demo_.process().signal(SIGHUP);

    ASSERT_TRUE(has_logged(demo_, R"("event":"config.needs_restart","keys":"sweeper.rest_seconds")"))
        << demo_.log();
    EXPECT_EQ(client_.post(api + "/sessions", visit, doctor_).code(), "MODULE_NOT_LICENSED");

    write_text(demo_.config(), config);
    demo_.process().signal(SIGHUP);

    ASSERT_TRUE(has_logged(demo_, "config.reloaded", 2));
    EXPECT_EQ(client_.post(api + "/sessions", visit, doctor_).status, 201);
}

TEST(Reload, takes_rate_limits_on_sighup) {
    TempFolder folder;
    const std::string limit = "limits.failed_joins_per_address_per_minute";
    Server server{folder.path(), limit + " = 0\n"};
    HttpClient client = server.client();
    const auto join_wrongly = [&client] {
        return client.post(api + "/visit/join", {{"token", std::string(22, 'a')}}).status;
    };
    for (int i = 0; i < 3; ++i) ASSERT_EQ(join_wrongly(), 401);

    const std::string config = read_text(server.config());
    const auto at = config.find(limit + " = 0");
    write_text(server.config(), std::string{config}.replace(at, limit.size() + 4, limit + " = 1"));
    server.process().signal(SIGHUP);
    ASSERT_TRUE(has_logged(server, R"("event":"config.reloaded","keys":")" + limit)) << server.log();

    EXPECT_EQ(join_wrongly(), 401);
    EXPECT_EQ(join_wrongly(), 429);
}

}  // namespace
}  // namespace vcare::support
