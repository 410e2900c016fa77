// SPDX-License-Identifier: Apache-2.0
// What a participant's page gets when it asks the same thing again under its Idempotency-Key.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/demo_fixture.hpp"

namespace vcare::support {
namespace {

const std::string api{base_path};
const boost::json::object where{{"address", "Street 7"}, {"callbackNumber", "+93 700"}};
const boost::json::object checked{{"camera", "ok"}, {"microphone", "ok"}, {"speaker", "skipped"}};

/// A visit with its patient in the waiting room.
class Repeats : public testing::Test {
  protected:
    void SetUp() override {
        give_consent(client_, doctor_, "patient-repeats");
        visit_ = book(client_, doctor_, "patient-repeats");
        link_ = link_code(client_, doctor_, visit_.session, visit_.patient);
        joined_ = join(client_, link_, "[]", {{"Idempotency-Key", "the-join"}});
        ASSERT_EQ(joined_.status, 200) << joined_.body;
        patient_ = visit(joined_.at("/credential"));
    }
    HttpResponse post(const std::string& call, const boost::json::object& body, const std::string& key = "") {
        return client_.post(api + "/visit/" + call, body,
                            key.empty() ? patient_ : with(patient_, "Idempotency-Key", key));
    }
    void restart() {
        demo_.kill();
        demo_.start();
        client_ = demo_.client();
    }
    /// How often the audit log of the visit tells of this. Waits for nothing: a command's entry is in its
    /// transaction.
    std::size_t times_done(const std::string& action) {
        const auto page = client_.get(api + "/audit?sessionId=" + visit_.session, demo_.staff("auditor"));
        const auto answer = page.json();
        const auto& items = answer.at("items").as_array();
        return static_cast<std::size_t>(
            std::ranges::count_if(items, [&](const auto& item) { return at(item, "/action") == action; }));
    }
    boost::json::object consent(const std::string& decision) {
        return {{"type", "telehealth"}, {"decision", decision}, {"textVersion", "1"}};
    }

    TempFolder folder_;
    Demo demo_{folder_.path()};
    HttpClient client_ = demo_.client();
    Headers doctor_ = demo_.staff();
    BookedVisit visit_;
    std::string link_;
    HttpResponse joined_;
    Headers patient_;
};

struct RepeatedCommand {
    std::string call;
    boost::json::object body;
    boost::json::object other;
    std::string action;
    int status = 0;
};

TEST_F(Repeats, of_a_command_do_it_once_and_answer_alike_also_after_a_restart) {
    const std::vector<RepeatedCommand> commands = {
        {"consents", consent("refused"), consent("granted"), "consent.refuse", 200},
        {"whereabouts", where, {{"address", "Street 8"}, {"callbackNumber", "1"}}, "whereabouts.give", 204},
        {"feedback", {{"rating", 4}}, {{"rating", 5}}, "feedback.give", 202}};
    std::vector<HttpResponse> first;
    for (const auto& command : commands) {
        first.push_back(post(command.call, command.body, command.call));
        ASSERT_EQ(first.back().status, command.status) << command.call << first.back().body;
    }
    for (const bool is_restarted : {false, true}) {
        if (is_restarted) restart();
        for (std::size_t i = 0; i < commands.size(); ++i) {
            const auto& [call, body, other, action, status] = commands[i];
            const auto again = post(call, body, call);
            EXPECT_EQ(again.status, status) << call << again.body;
            EXPECT_EQ(again.body, first[i].body) << call;
            EXPECT_EQ(again.header("Content-Type"), first[i].header("Content-Type")) << call;
            EXPECT_EQ(times_done(action), 1U) << call;
            EXPECT_EQ(post(call, other, call).code(), "IDEMPOTENCY_KEY_REUSED") << call;
        }
    }
    for (const auto& command : commands) {
        EXPECT_EQ(post(command.call, command.body).status, command.status) << command.call;
        EXPECT_EQ(times_done(command.action), 2U) << command.call << ": without the key it is done again";
    }
}

TEST_F(Repeats, of_a_signal_send_it_once) {
    const std::string participants = api + "/sessions/" + visit_.session + "/participants/";
    const auto came = client_.post(participants + visit_.provider + "/join", boost::json::object{}, doctor_);
    ASSERT_EQ(came.status, 200) << came.body;
    const boost::json::object version{{"version", version_of(client_, doctor_, visit_.session)}};
    const auto admitted = client_.post(participants + visit_.patient + "/admit", version, doctor_);
    ASSERT_EQ(admitted.status, 200) << admitted.body;
    SseReader page{demo_.port(), {"GET", api + "/visit/events", visit(came.at("/credential")), {}}};
    (void)page.wait_for("state");
    const auto signal = [&](const std::string& kind) {
        return boost::json::object{
            {"to", visit_.provider}, {"kind", kind}, {"payload", boost::json::object{}}};
    };

    EXPECT_EQ(post("signal", signal("offer"), "key").status, 202);
    EXPECT_EQ(post("signal", signal("offer"), "key").status, 202);
    EXPECT_EQ(post("signal", signal("answer"), "key").code(), "IDEMPOTENCY_KEY_REUSED");
    EXPECT_EQ(post("signal", signal("candidate")).status, 202);

    EXPECT_EQ(page.wait_for("signal").at("/kind"), "offer");
    EXPECT_EQ(page.wait_for("signal").at("/kind"), "candidate") << "nothing between them";
}

TEST_F(Repeats, of_a_connection_report_get_the_advice_of_the_first) {
    boost::json::object report{{"rttMs", 20}, {"lossPct", 0}, {"kbps", 900}, {"media", "video"}};
    const auto first = post("connection", report, "key");
    ASSERT_EQ(first.status, 200) << first.body;
    EXPECT_EQ(post("connection", report, "key").body, first.body);
    report["kbps"] = 20;
    EXPECT_EQ(post("connection", report, "key").code(), "IDEMPOTENCY_KEY_REUSED");
    EXPECT_EQ(post("connection", report).status, 200);
}

TEST_F(Repeats, of_leaving_are_answered_though_the_credential_is_void) {
    const auto left = post("leave", {}, "goodbye");
    ASSERT_EQ(left.status, 204) << left.body;

    const auto again = post("leave", {}, "goodbye");

    EXPECT_EQ(again.status, 204) << again.body;
    EXPECT_EQ(again.header("Set-Cookie"), left.header("Set-Cookie"));
    EXPECT_EQ(times_done("visit.leave"), 1U);
    EXPECT_EQ(post("leave", {}).status, 401);
    EXPECT_EQ(post("leave", {}, "another").status, 401);
    EXPECT_EQ(post("whereabouts", where, "where").status, 401);
}

TEST_F(Repeats, of_a_withdrawal_are_answered_though_it_ended_the_visit) {
    const auto withdrawn = post("consents", consent("withdrawn"), "no-more");
    ASSERT_EQ(withdrawn.status, 200) << withdrawn.body;
    EXPECT_EQ(client_.get(api + "/visit", patient_).status, 401);

    const auto again = post("consents", consent("withdrawn"), "no-more");

    EXPECT_EQ(again.status, 200) << again.body;
    EXPECT_EQ(again.body, withdrawn.body);
    EXPECT_EQ(post("consents", consent("withdrawn")).status, 401);
}

TEST_F(Repeats, of_a_refusal_are_decided_again) {
    EXPECT_EQ(post("whereabouts", {{"address", 7}}, "key").status, 400);
    EXPECT_EQ(post("whereabouts", where, "key").status, 204);
}

TEST_F(Repeats, of_a_device_check_are_kept_for_the_holder_of_a_link_too) {
    const auto before = book(client_, doctor_, "patient-repeats");
    const Headers holder = {
        {"Authorization", "Link " + link_code(client_, doctor_, before.session, before.patient)},
        {"Idempotency-Key", "key"}};
    auto other = checked;
    other["camera"] = "failed";

    EXPECT_EQ(client_.post(api + "/visit/device-check", checked, holder).status, 204);
    EXPECT_EQ(client_.post(api + "/visit/device-check", checked, holder).status, 204);
    EXPECT_EQ(client_.post(api + "/visit/device-check", other, holder).code(), "IDEMPOTENCY_KEY_REUSED");
    const auto prepared = client_.get(api + "/sessions/" + before.session + "/preparation", doctor_);
    EXPECT_THAT(prepared.body, testing::HasSubstr(R"("camera":"ok")"));
}

TEST_F(Repeats, of_asking_for_a_new_link_ask_the_clinic_once) {
    const Headers key = {{"Idempotency-Key", "key"}};
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(client_.post(api + "/visit/new-link", {{"token", link_}}, key).status, 202);
    EXPECT_EQ(times_done("link.request"), 1U);

    EXPECT_EQ(client_.post(api + "/visit/new-link", {{"token", link_}}).status, 202);
    EXPECT_EQ(times_done("link.request"), 2U);
}

TEST_F(Repeats, of_joining_set_the_cookie_to_the_end_of_the_window) {
    const auto seconds_of = [](const HttpResponse& response) {
        const std::string cookie = response.header("Set-Cookie");
        const auto begin = cookie.find("Max-Age=");
        return begin == std::string::npos ? 0 : std::stoi(cookie.substr(begin + 8));
    };

    const auto again = join(client_, link_, "[]", {{"Idempotency-Key", "the-join"}});

    ASSERT_EQ(again.status, 200) << again.body;
    EXPECT_GT(seconds_of(joined_), 3600);
    EXPECT_LE(seconds_of(again), seconds_of(joined_));
    EXPECT_GT(seconds_of(again), seconds_of(joined_) - 120);
}

}  // namespace
}  // namespace vcare::support
