// SPDX-License-Identifier: Apache-2.0
// Calls of a participant's page, one by one, and what comes before what.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "support/shared_demo.hpp"

namespace vcare::support {
namespace {

using testing::HasSubstr;

const std::string api{base_path};

class VisitCalls : public SharedDemo {
  protected:
    std::string link(const BookedVisit& visit) {
        return link_code(client_, doctor_, visit.session, visit.patient);
    }
    static std::string path_of(const BookedVisit& visit) { return api + "/sessions/" + visit.session; }
    HttpResponse provider_comes(const BookedVisit& visit) {
        return client_.post(path_of(visit) + "/participants/" + visit.provider + "/join",
                            boost::json::object{}, doctor_);
    }
    HttpResponse send(const std::string& method, const std::string& call, Headers headers,
                      std::string body = "") {
        return client_.send({method, api + "/visit/" + call, std::move(headers), std::move(body)});
    }
    /// With a body that is no join at all.
    HttpResponse join_badly(const std::string& code) {
        return client_.post(api + "/visit/join", {{"token", code}, {"consents", "yes"}});
    }
};

TEST_F(VisitCalls, of_the_network_test_bring_as_many_bytes_as_were_asked_for) {
    const Headers holder = {{"Authorization", "Link " + link(booked("patient-tested"))}};
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{1'048'576}}) {
        const auto answer = send("GET", "network-test?bytes=" + std::to_string(bytes), holder);
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.body.size(), bytes);
        EXPECT_EQ(answer.header("Content-Type"), "application/octet-stream");
    }
    for (const char* query : {"", "?bytes=-1", "?bytes=1048577", "?bytes=all"}) {
        const auto refused = send("GET", std::string{"network-test"} + query, holder);
        EXPECT_EQ(refused.status, 400) << query;
        EXPECT_EQ(refused.at("/errors/0/pointer"), "/bytes") << query;
    }
    EXPECT_EQ(send("GET", "network-test?bytes=1", {}).status, 401);
}

TEST_F(VisitCalls, of_the_network_test_take_up_to_a_mebibyte_again_and_again) {
    const Headers holder = {{"Authorization", "Link " + link(booked("patient-tested"))}};
    const Headers bytes = with(holder, "Content-Type", "application/octet-stream");
    const Headers repeated = with(bytes, "Idempotency-Key", "once");
    EXPECT_EQ(send("POST", "network-test", bytes, std::string(1'048'576, 'x')).status, 204);
    EXPECT_EQ(send("POST", "network-test", repeated, "one").status, 204);
    EXPECT_EQ(send("POST", "network-test", repeated, "two").status, 204) << "nothing is kept";
    EXPECT_EQ(send("POST", "network-test", bytes, std::string(1'048'577, 'x')).status, 413);
    EXPECT_EQ(send("POST", "network-test", with(holder, "Content-Type", "text/plain"), "x").status, 415);
    EXPECT_EQ(send("POST", "network-test", with(bytes, "Idempotency-Key", std::string(256, 'k')), "x").status,
              400);
}

TEST_F(VisitCalls, of_joining_say_that_a_link_is_void_before_what_is_wrong_with_the_body) {
    const BookedVisit visit = booked("patient-void-first");
    const std::string replaced = link(visit);
    const std::string code = link(visit);
    EXPECT_EQ(join_badly(replaced).code(), "TOKEN_INVALID");
    EXPECT_EQ(join_badly(code).code(), "VALIDATION_ERROR") << "this one is good";
    ASSERT_EQ(join(client_, code).status, 200) << "and was not used up";
    EXPECT_EQ(join_badly(code).code(), "TOKEN_INVALID");
    const BookedVisit later =
        booked("patient-void-first", R"({"scheduledStart": ")" + minutes_from_now(90) + "\"}");
    EXPECT_EQ(join_badly(link(later)).code(), "TOKEN_NOT_YET_VALID");
}

TEST_F(VisitCalls, about_somebody_who_is_not_there_say_so_before_reach_and_version) {
    const BookedVisit visit = booked("patient-nobody");
    const std::string nobody = path_of(visit) + "/participants/vsp_01ARZ3NDEKTSV4RRFFQ69G5FAV";
    const std::string patient = path_of(visit) + "/participants/" + visit.patient;
    const Headers stranger = demo_->token(demo_->tenant(), "dr-stranger", {"clinician"});
    const boost::json::object stale{{"version", 77}};
    const boost::json::object gone{{"version", 77}, {"reason", "left"}};
    for (const Headers& who : {doctor_, stranger}) {
        EXPECT_EQ(client_.post(nobody + "/admit", stale, who).code(), "PARTICIPANT_NOT_FOUND");
        EXPECT_EQ(client_.post(nobody + "/remove", gone, who).code(), "PARTICIPANT_NOT_FOUND");
        EXPECT_EQ(client_.post(nobody + "/join-token", boost::json::object{}, who).code(),
                  "PARTICIPANT_NOT_FOUND");
        EXPECT_EQ(client_.post(nobody + "/admit", {{"version", "x"}}, who).code(), "PARTICIPANT_NOT_FOUND");
    }
    EXPECT_EQ(client_.post(patient + "/admit", stale, stranger).code(), "ACCESS_DENIED");
    EXPECT_EQ(client_.post(patient + "/admit", stale, doctor_).code(), "OPTIMISTIC_LOCK_CONFLICT");
}

TEST_F(VisitCalls, of_joining_with_a_withdrawal_withdraw) {
    const BookedVisit visit = booked("patient-withdraws");
    provider_comes(visit);
    const std::string code = link(visit);

    const auto refused =
        join(client_, code, R"([{"type": "telehealth", "decision": "withdrawn", "textVersion": "1"}])");

    EXPECT_EQ(refused.code(), "CONSENT_REQUIRED") << refused.body;
    const auto session = client_.get(path_of(visit), doctor_);
    EXPECT_EQ(session.at("/status"), "cancelled");
    EXPECT_EQ(session.at("/cancelReason"), "consent_withdrawn");
    const auto consents = client_.get(api + "/consents?patientId=patient-withdraws", doctor_);
    EXPECT_EQ(consents.at("/items/0/status"), "withdrawn");
    EXPECT_EQ(client_.post(api + "/visit/preview", {{"token", code}}).at("/state"), "cancelled");
}

TEST_F(VisitCalls, that_withdraw_are_answered_with_withdrawn) {
    const auto joined = join(client_, link(booked("patient-regrets")));
    ASSERT_EQ(joined.status, 200);
    EXPECT_EQ(joined.at("/visit/consents/0/status"), "granted");
    const boost::json::object no{{"type", "telehealth"}, {"decision", "withdrawn"}, {"textVersion", "1"}};
    const auto answered = client_.post(api + "/visit/consents", no, visit(joined.at("/credential")));
    EXPECT_EQ(answered.status, 200) << answered.body;
    EXPECT_EQ(answered.at("/consents/0/status"), "withdrawn");
}

TEST_F(VisitCalls, show_a_waiting_patient_that_the_visit_was_rescheduled) {
    const BookedVisit booked_visit = booked("patient-moved");
    const auto joined = join(client_, link(booked_visit));
    ASSERT_EQ(joined.status, 200);
    SseReader page{demo_->port(), {"GET", api + "/visit/events", visit(joined.at("/credential")), {}}};
    const std::string before = page.wait_for("state").at("/session/scheduledStart");
    const boost::json::object moved{{"scheduledStart", minutes_from_now(10)},
                                    {"version", version_of(client_, doctor_, booked_visit.session)}};
    const auto rescheduled = client_.post(path_of(booked_visit) + "/reschedule", moved, doctor_);
    ASSERT_EQ(rescheduled.status, 200) << rescheduled.body;

    const SseFrame told = page.wait_for("state");

    EXPECT_NE(told.at("/session/scheduledStart"), before);
    EXPECT_EQ(told.at("/session/scheduledStart"), rescheduled.at("/scheduledStart"));
    EXPECT_EQ(told.at("/participant/status"), "waiting");
}

TEST_F(VisitCalls, of_joining_by_get_are_unknown_while_that_is_off) {
    const std::string code = link(booked("patient-by-get"));
    const auto unknown = client_.get(api + "/sessions/join?token=" + code);
    EXPECT_EQ(unknown.status, 404);
    EXPECT_EQ(unknown.code(), "NOT_FOUND");
    EXPECT_EQ(join(client_, code).status, 200) << "and used nothing up";
}

TEST(JoinByGet, works_once_where_it_is_on) {
    const TempFolder folder;
    DemoOptions options;
    options.environment.emplace("VCARE_COMPAT_JOIN_BY_GET", "true");
    const Demo demo{folder.path() / "demo", std::move(options)};
    HttpClient client = demo.client();
    give_consent(client, demo.staff(), "patient-by-get");
    const BookedVisit booked = book(client, demo.staff(), "patient-by-get");
    const std::string code = link_code(client, demo.staff(), booked.session, booked.patient);

    const auto joined = client.get(api + "/sessions/join?token=" + code);

    ASSERT_EQ(joined.status, 200) << joined.body;
    EXPECT_EQ(joined.at("/participantId"), booked.patient);
    EXPECT_THAT(joined.header("Set-Cookie"), HasSubstr("vcare_visit_" + booked.patient));
    EXPECT_EQ(client.get(api + "/sessions/join?token=" + code).code(), "TOKEN_INVALID");
    EXPECT_EQ(client.get(api + "/sessions/join").status, 400);
}

}  // namespace
}  // namespace vcare::support
