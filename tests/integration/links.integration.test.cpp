// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "support/shared_demo.hpp"

namespace vcare::support {
namespace {

using testing::HasSubstr;

const std::string api{base_path};

class Links : public SharedDemo {
  protected:
    std::string link(const BookedVisit& visit) {
        return link_code(client_, doctor_, visit.session, visit.patient);
    }
    HttpResponse preview(const std::string& code, Headers headers = {}) {
        return client_.post(api + "/visit/preview", {{"token", code}}, std::move(headers));
    }
    static std::string without_trace(const HttpResponse& problem) {
        boost::json::object body = problem.json().as_object();
        body.erase("traceId");
        body.erase("instance");
        return boost::json::serialize(body);
    }
};

TEST_F(Links, of_the_demo_open_its_visit) {
    const HttpResponse patient = preview(demo_->code("patient"));
    EXPECT_EQ(patient.at("/state"), "open") << patient.body;
    EXPECT_EQ(patient.at("/role"), "patient");
    EXPECT_EQ(patient.at("/consents/0/status"), "needed");
    EXPECT_EQ(preview(demo_->code("interpreter")).at("/role"), "interpreter");
}

TEST_F(Links, are_not_used_up_by_being_looked_at) {
    const std::string code = link(booked("patient-scanned"));

    for (int scanner = 0; scanner < 5; ++scanner) EXPECT_EQ(preview(code).at("/state"), "open");

    EXPECT_EQ(join(client_, code).status, 200);
}

TEST_F(Links, carry_a_short_code_in_the_fragment_that_stands_for_the_token) {
    const BookedVisit visit = booked("patient-short");
    const HttpResponse issued = client_.post(
        api + "/sessions/" + visit.session + "/participants/" + visit.patient + "/join-token", {}, doctor_);

    const std::string url = issued.at("/joinUrl");
    EXPECT_THAT(url, testing::StartsWith("http://127.0.0.1:" + std::to_string(demo_->port()) + "/v/#"));
    EXPECT_EQ(url.substr(url.find('#') + 1).size(), 22u);
    EXPECT_EQ(preview(issued.at("/token")).at("/state"), "open");
    EXPECT_EQ(join(client_, issued.at("/token")).status, 200);
}

TEST_F(Links, that_are_early_say_when_they_open) {
    const BookedVisit visit =
        booked("patient-too-early", R"({"scheduledStart": ")" + minutes_from_now(90) + "\"}");
    const std::string code = link(visit);

    const HttpResponse shown = preview(code);

    EXPECT_EQ(shown.at("/state"), "early");
    EXPECT_FALSE(shown.at("/validFrom").empty());
    EXPECT_EQ(join(client_, code).code(), "TOKEN_NOT_YET_VALID");
}

TEST_F(Links, void_in_any_way_are_refused_with_one_and_the_same_answer) {
    const BookedVisit visit = booked("patient-void");
    const std::string replaced = link(visit);
    const std::string used = link(visit);
    ASSERT_EQ(join(client_, used).status, 200);

    const BookedVisit without = booked("patient-removed", R"({"participants": [
        {"role": "provider", "userId": "dr-rahimi"}, {"role": "patient"}, {"role": "observer"}]})");
    const std::string removed = link(without);
    ASSERT_EQ(client_
                  .post(api + "/sessions/" + without.session + "/participants/" + without.patient + "/remove",
                        {{"reason", "wrong_person"}}, doctor_)
                  .status,
              200);

    const BookedVisit cancelled_visit = booked("patient-cancelled");
    const std::string cancelled = link(cancelled_visit);
    ASSERT_EQ(
        client_
            .post(api + "/sessions/" + cancelled_visit.session + "/cancel",
                  {{"version", version_of(client_, doctor_, cancelled_visit.session)}, {"reason", "ill"}},
                  doctor_)
            .status,
        200);

    std::string forged = used;
    forged.back() = forged.back() == 'a' ? 'b' : 'a';
    const std::string expected = without_trace(join(client_, std::string(22, 'x')));
    for (const std::string& code : {replaced, used, removed, cancelled, forged, std::string{"short"}}) {
        const HttpResponse refused = join(client_, code);
        EXPECT_EQ(refused.status, 401);
        EXPECT_EQ(without_trace(refused), expected);
    }

    EXPECT_EQ(preview(replaced).at("/state"), "used");
    EXPECT_EQ(preview(used).at("/state"), "used");
    EXPECT_EQ(preview(removed).at("/state"), "used");
    EXPECT_EQ(preview(cancelled).at("/state"), "cancelled");
    EXPECT_EQ(preview(forged).code(), "TOKEN_INVALID");
}

TEST_F(Links, used_by_this_browser_lead_straight_back_in) {
    const BookedVisit visit = booked("patient-resume");
    const std::string code = link(visit);
    const HttpResponse joined = join(client_, code);
    const std::string cookie = joined.header("Set-Cookie");
    EXPECT_THAT(cookie, HasSubstr("vcare_visit_" + visit.patient + "="));
    EXPECT_THAT(cookie, testing::AllOf(HasSubstr("HttpOnly"), HasSubstr("SameSite=Strict")));

    const Headers browser = {{"Cookie", cookie.substr(0, cookie.find(';'))}};
    const HttpResponse shown = preview(code, browser);

    EXPECT_EQ(shown.at("/state"), "resume") << shown.body;
    EXPECT_EQ(shown.at("/participantId"), visit.patient);
    EXPECT_EQ(client_.get(api + "/visit", with(browser, "X-Vcare-Visit", visit.patient)).status, 200);
    // Without the header that no form of another site can send, the cookie opens nothing.
    EXPECT_EQ(client_.get(api + "/visit", browser).status, 401);
}

TEST_F(Links, keep_two_participants_in_one_browser_apart) {
    const BookedVisit visit = booked("patient-pair", R"({"participants": [
        {"role": "provider", "userId": "dr-rahimi"}, {"role": "patient"}, {"role": "observer"}]})");
    std::string observer;
    const boost::json::value people = client_.get(api + "/sessions/" + visit.session, doctor_).json();
    for (const auto& who : people.at("participants").as_array()) {
        if (at(who, "/role") == "observer") observer = at(who, "/id");
    }
    std::string cookies;
    for (const std::string& who : {visit.patient, observer}) {
        const HttpResponse joined = join(client_, link_code(client_, doctor_, visit.session, who));
        const std::string cookie = joined.header("Set-Cookie");
        cookies += (cookies.empty() ? "" : "; ") + cookie.substr(0, cookie.find(';'));
    }

    for (const std::string& who : {visit.patient, observer}) {
        const HttpResponse seen = client_.get(api + "/visit", {{"Cookie", cookies}, {"X-Vcare-Visit", who}});
        EXPECT_EQ(seen.at("/participant/id"), who) << seen.body;
    }
}

TEST_F(Links, used_again_after_a_new_one_void_the_credential_before) {
    const BookedVisit visit = booked("patient-again");
    const Headers first = support::visit(join(client_, link(visit)).at("/credential"));
    EXPECT_EQ(client_.get(api + "/visit", first).status, 200);

    const Headers second = support::visit(join(client_, link(visit)).at("/credential"));

    EXPECT_EQ(client_.get(api + "/visit", first).status, 401);
    EXPECT_EQ(client_.get(api + "/visit", second).status, 200);
}

TEST_F(Links, whose_answer_was_lost_give_it_again_for_the_same_key) {
    const BookedVisit visit = booked("patient-lost");
    const std::string code = link(visit);
    const Headers key = {{"Idempotency-Key", "page-load-1"}};

    const HttpResponse first = join(client_, code, "[]", key);
    const HttpResponse again = join(client_, code, "[]", key);

    ASSERT_EQ(first.status, 200) << first.body;
    EXPECT_EQ(again.status, 200) << again.body;
    EXPECT_EQ(again.at("/credential"), first.at("/credential"));
    EXPECT_EQ(client_.get(api + "/visit", support::visit(again.at("/credential"))).status, 200);
    EXPECT_EQ(join(client_, code).code(), "TOKEN_INVALID");
}

TEST_F(Links, that_are_spent_can_ask_for_a_new_one_which_the_clinic_sees) {
    const BookedVisit visit = booked("patient-asks");
    const std::string code = link(visit);
    ASSERT_EQ(join(client_, code).status, 200);

    EXPECT_EQ(client_.post(api + "/visit/new-link", {{"token", code}}).status, 202);
    EXPECT_EQ(client_.post(api + "/visit/new-link", {{"token", std::string(22, 'x')}}).status, 202);

    const HttpResponse timeline = client_.get(api + "/sessions/" + visit.session + "/timeline", doctor_);
    EXPECT_THAT(timeline.body, HasSubstr("link.requested"));
}

TEST_F(Links, are_still_good_after_a_restart) {
    const BookedVisit visit = booked("patient-restart");
    const std::string code = link(visit);
    ASSERT_EQ(demo_->terminate(), 0);
    demo_->start();

    HttpClient client = demo_->client();
    EXPECT_EQ(join(client, code).status, 200);
}

TEST_F(Links, of_the_demo_are_fresh_after_a_restart_for_the_same_session) {
    const std::string session = demo_->session();
    const std::string before = demo_->code("interpreter");
    const Headers old_doctor = demo_->staff();
    ASSERT_EQ(demo_->terminate(), 0);
    demo_->start();
    HttpClient client = demo_->client();

    EXPECT_EQ(demo_->session(), session);
    EXPECT_NE(demo_->code("interpreter"), before);
    const auto state = [&](const std::string& code) {
        return client.post(api + "/visit/preview", {{"token", code}}).at("/state");
    };
    EXPECT_EQ(state(before), "used");
    EXPECT_EQ(state(demo_->code("interpreter")), "open");
    EXPECT_EQ(client.get(api + "/sessions/" + session, old_doctor).status, 200);
}

}  // namespace
}  // namespace vcare::support
