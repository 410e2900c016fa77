// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/coturn.hpp"
#include "support/demo_fixture.hpp"

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
    std::string sessions() { return client_.get(api + "/sessions", doctor_).at("/items"); }
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

    const HttpResponse refused = create("p1");

    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.at("/code"), "VIDEO_PROVIDER_UNAVAILABLE");
    EXPECT_FALSE(refused.header("Retry-After").empty());
    EXPECT_EQ(sessions(), "[]");
    EXPECT_THAT(audit(), Not(HasSubstr("session.create")));

    turn_.start();
    const HttpResponse created = create_until(201, "p1");
    ASSERT_EQ(created.status, 201);
    // What comes first on the clinic's feed is this visit: the refused ones told nothing.
    const SseFrame first = feed.wait_for("virtual_care.session.created.v1");
    EXPECT_THAT(first.data, HasSubstr(created.at("/id")));
    EXPECT_THAT(audit(), HasSubstr("session.create"));
}

TEST_F(VideoBackendHealth, gives_a_refused_command_no_answer_to_repeat) {
    give_consent(client_, doctor_, "p1");
    const Headers keyed = with(doctor_, "Idempotency-Key", "book-p1");
    const boost::json::object visit{{"patientId", "p1"}, {"scheduledStart", minutes_from_now(5)}};

    EXPECT_EQ(client_.post(api + "/sessions", visit, keyed).status, 503);
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

}  // namespace
}  // namespace vcare::support
