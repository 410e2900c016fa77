// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/coturn.hpp"
#include "support/demo_fixture.hpp"
#include "support/event_ledger.hpp"
#include "support/store_of_test.hpp"

namespace vcare::support {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string api{base_path};

/// A clinic whose pictures and sound need a TURN server, which comes and goes.
class VideoBackendHealth : public testing::Test {
  protected:
    HttpResponse create(const std::string& patient) {
        return client_.post(api + "/sessions",
                            {{"patientId", patient}, {"scheduledStart", minutes_from_now(5)}}, doctor_);
    }
    /// Asks until a visit is booked, or not any more; gives the last answer.
    HttpResponse create_until(int status, const std::string& patient) {
        const auto deadline = std::chrono::steady_clock::now() + seconds{60};
        HttpResponse answer = create(patient);
        while (answer.status != status && std::chrono::steady_clock::now() < deadline)
            answer = create(patient);
        return answer;
    }
    /// What a booked visit leaves behind, wherever that is: rows of it in its tables, its room, its events on
    /// their way, its line in the audit log, its answer under a key.
    std::map<std::string, std::string> traces() {
        std::map<std::string, std::string> found;
        for (const std::string table :
             {"sessions", "participants", "transitions", "due_times", "reminder_times", "join_tokens",
              "notifications", "encounter_debts", "kept_answers"})
            found[table] = stored("SELECT COUNT(*) FROM " + table);
        found["rooms"] = stored("SELECT COUNT(*) FROM sessions WHERE room_name <> ''");
        found["outbox"] = stored("SELECT COUNT(*) FROM outbox WHERE session_id <> ''");
        found["dead letters"] = stored("SELECT COUNT(*) FROM outbox_dead_letters");
        found["audit"] = stored("SELECT COUNT(*) FROM audit_entries WHERE action = 'session.create'");
        found["stream"] = std::to_string(visits_in_stream().size());
        return found;
    }
    std::string stored(const std::string& sql) { return ask_stored(folder_.path(), sql); }
    /// The visits that other services were told about.
    std::set<std::string> visits_in_stream() const {
        std::set<std::string> visits;
        for (const StreamMessage& message : events_in_stream(folder_.path())) {
            const std::string session = at(json(message.body), "/data/sessionId");
            if (!session.empty()) visits.insert(session);
        }
        return visits;
    }

    std::string sessions() { return client_.get(api + "/sessions", doctor_).at("/items"); }
    std::string metrics() const { return server_.admin_client().get("/metrics").body; }
    std::string audit() { return client_.get(api + "/audit", auditor_).body; }

    TempFolder folder_;
    Coturn turn_;
    Server server_{folder_.path(), "[video.embedded]\nturn_urls = [\"" + turn_.url() +
                                       "\"]\nturn_secret = \"" + Coturn::secret() + "\"\n"};
    HttpClient client_ = server_.client();
    Headers doctor_ = server_.token("north", "dr-north", {"clinician"});
    Headers auditor_ = server_.token("north", "auditor-north", {"auditor"});
};

TEST_F(VideoBackendHealth, refuses_a_visit_without_leaving_a_trace_of_it_and_recovers_without_a_restart) {
    give_consent(client_, doctor_, "p1");
    SseReader feed{server_.port(), {"GET", api + "/events", doctor_, {}}};
    const auto before = traces();

    const HttpResponse refused = create("p1");

    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.at("/code"), "VIDEO_PROVIDER_UNAVAILABLE");
    EXPECT_FALSE(refused.header("Retry-After").empty());
    EXPECT_EQ(sessions(), "[]");
    EXPECT_THAT(audit(), Not(HasSubstr("session.create")));
    EXPECT_EQ(traces(), before);
    EXPECT_THAT(metrics(),
                HasSubstr(R"(route="/api/v1/virtual-care/sessions",method="POST",status="dependency"} 1)"))
        << "what the backend refuses counts apart";
    EXPECT_THAT(metrics(), Not(HasSubstr(R"(sessions",method="POST",status="5xx")")));

    turn_.start();
    const HttpResponse created = create_until(201, "p1");
    ASSERT_EQ(created.status, 201);
    // What comes first on the clinic's feed is this visit: the refused ones told nothing.
    const SseFrame first = feed.wait_for("virtual_care.session.created.v1");
    EXPECT_THAT(first.data, HasSubstr(created.at("/id")));
    EXPECT_THAT(audit(), HasSubstr("session.create"));
    // All of it is there of the one that was booked, and of no other, however often it was refused.
    const std::set<std::string> booked{created.at("/id")};
    if (is_on_postgres()) EXPECT_TRUE(becomes_true([&] { return !visits_in_stream().empty(); }));
    const auto after = traces();
    for (const std::string where : {"sessions", "rooms", "audit"}) EXPECT_EQ(after.at(where), "1") << where;
    for (const std::string where : {"participants", "transitions", "due_times", "outbox"})
        EXPECT_NE(after.at(where), "0") << where;
    if (is_on_postgres()) EXPECT_EQ(visits_in_stream(), booked);
    EXPECT_EQ(stored("SELECT COUNT(*) FROM outbox WHERE session_id NOT IN ('', '" + created.at("/id") + "')"),
              "0");
}

TEST_F(VideoBackendHealth, is_told_in_metrics_with_its_age_and_in_the_log_once_a_change) {
    const std::string verdict = R"(vcare_backend_health_check_success{backend="embedded"} )";
    const auto becomes = [&](const char* value) {
        return becomes_true([&] { return metrics().find(verdict + value + "\n") != std::string::npos; });
    };
    ASSERT_TRUE(becomes("0"));
    EXPECT_THAT(metrics(), HasSubstr(R"(vcare_backend_health_check_age_seconds{backend="embedded"} )"));
    turn_.start();
    ASSERT_TRUE(becomes("1"));
    ASSERT_EQ(server_.terminate(), 0);

    const std::string log = server_.log();
    const auto count = [&](const std::string& word) {
        std::size_t times = 0;
        for (auto at = log.find(word); at != std::string::npos; at = log.find(word, at + 1)) ++times;
        return times;
    };
    EXPECT_EQ(count("\"video.unhealthy\""), 1U) << log;
    EXPECT_EQ(count("\"video.healthy\""), 1U) << log;
}

TEST_F(VideoBackendHealth, gives_a_refused_command_no_answer_to_repeat) {
    give_consent(client_, doctor_, "p1");
    const Headers keyed = with(doctor_, "Idempotency-Key", "book-p1");
    const boost::json::object visit{{"patientId", "p1"}, {"scheduledStart", minutes_from_now(5)}};

    const auto before = traces();
    EXPECT_EQ(client_.post(api + "/sessions", visit, keyed).status, 503);
    EXPECT_EQ(traces(), before) << "nor is there a kept answer";
    turn_.start();
    ASSERT_EQ(create_until(201, "p1").status, 201);

    EXPECT_EQ(client_.post(api + "/sessions", visit, keyed).status, 201)
        << "asked again, it is decided again";
}

TEST_F(VideoBackendHealth, that_is_lost_refuses_new_visits_and_touches_no_running_one) {
    give_consent(client_, doctor_, "p1");
    turn_.start();
    ASSERT_EQ(create_until(201, "p1").status, 201);
    const BookedVisit visit = book(client_, doctor_, "p1");
    const std::string people = api + "/sessions/" + visit.session + "/participants/";
    ASSERT_EQ(join(client_, link_code(client_, doctor_, visit.session, visit.patient)).status, 200);
    ASSERT_EQ(client_.post(people + visit.provider + "/join", {}, doctor_).status, 200);

    turn_.kill();
    ASSERT_EQ(create_until(503, "p1").status, 503);

    const HttpResponse admitted =
        client_.post(people + visit.patient + "/admit",
                     {{"version", version_of(client_, doctor_, visit.session)}}, doctor_);
    EXPECT_EQ(admitted.status, 200);
    EXPECT_EQ(admitted.at("/status"), "active");
    const HttpResponse ready = client_.get("/health/ready");
    EXPECT_THAT(ready.body, HasSubstr("video")) << "the operators see which dependency it is";
}

TEST_F(VideoBackendHealth, is_of_the_region_that_a_clinic_holds_its_media_to) {
    TempFolder folder;
    Coturn ca;
    ca.start();
    const Server server{folder.path(), "[video.embedded]\nturn_urls = [\"" + turn_.url() +
                                           "\"]\nregional_urls = [\"ca=" + ca.url() +
                                           "\"]\nturn_secret = \"" + Coturn::secret() + "\"\n"};
    HttpClient client = server.client();
    const Headers doctor = server.token("north", "dr-north", {"clinician"});
    const Headers admin = server.token("north", "admin-north", {"tenant_admin"});
    const auto hold_to = [&](const std::string& region) {
        const std::string config = api + "/config";
        const Headers seen = with(admin, "If-Match", client.get(config, admin).header("ETag"));
        return client.put(config, {{"mediaRegion", region}}, seen);
    };
    const auto create = [&] {
        return client.post(api + "/sessions", {{"patientId", "p1"}, {"scheduledStart", minutes_from_now(5)}},
                           doctor);
    };
    give_consent(client, doctor, "p1");
    ASSERT_EQ(create().code(), "VIDEO_PROVIDER_UNAVAILABLE")
        << "the clinic's servers are those that are away";

    const HttpResponse unknown = hold_to("fr");
    EXPECT_EQ(unknown.status, 400);
    EXPECT_EQ(unknown.at("/errors/0/pointer"), "/mediaRegion");
    EXPECT_EQ(unknown.at("/errors/0/message"), "must be absent or one of ca");
    ASSERT_EQ(hold_to("ca").status, 200);

    EXPECT_TRUE(becomes_true([&] { return create().status == 201; }));
    const BookedVisit visit = book(client, doctor, "p1");
    const std::string seat = api + "/sessions/" + visit.session + "/participants/" + visit.provider + "/join";
    const std::string credential = client.post(seat, {}, doctor).at("/credential");
    const HttpResponse video = client.get(api + "/visit/video", {{"Authorization", "Visit " + credential}});
    ASSERT_EQ(video.status, 200) << video.body;
    EXPECT_EQ(video.at("/iceServers/0/urls"), "[\"" + ca.url() + "\"]");
    EXPECT_EQ(video.json().at("iceServers").as_array().size(), 1U) << "no server outside the region is named";
}

}  // namespace
}  // namespace vcare::support
