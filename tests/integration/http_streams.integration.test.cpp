// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/demo_fixture.hpp"

namespace vcare::support {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

const std::string api{base_path};

/// A visit with its patient in the waiting room and its clinician in.
class Streams : public testing::Test {
  protected:
    void SetUp() override {
        give_consent(client_, doctor_, "patient-live");
        visit_ = book(client_, doctor_, "patient-live");
        const auto joined = join(client_, link_code(client_, doctor_, visit_.session, visit_.patient));
        ASSERT_EQ(joined.status, 200) << joined.body;
        patient_ = visit(joined.at("/credential"));
        const auto seated = client_.post(seat_path(visit_.provider, "join"), {}, doctor_);
        ASSERT_EQ(seated.status, 200) << seated.body;
        provider_ = visit(seated.at("/credential"));
    }
    std::string seat_path(const std::string& participant, const std::string& command) {
        return api + "/sessions/" + visit_.session + "/participants/" + participant + "/" + command;
    }
    void admit() {
        const auto version = version_of(client_, doctor_, visit_.session);
        const auto admitted =
            client_.post(seat_path(visit_.patient, "admit"), {{"version", version}}, doctor_);
        ASSERT_EQ(admitted.status, 200) << admitted.body;
    }
    void change_mode(const std::string& mode) {
        const auto changed = client_.post(api + "/sessions/" + visit_.session + "/fallback",
                                          {{"mode", mode}, {"reason", "test"}}, doctor_);
        ASSERT_EQ(changed.status, 200) << changed.body;
    }
    HttpResponse end() {
        const auto version = version_of(client_, doctor_, visit_.session);
        return client_.post(api + "/sessions/" + visit_.session + "/end", {{"version", version}}, doctor_);
    }
    SseReader follow(const Headers& who, const std::string& after = "") {
        return SseReader{
            demo_.port(),
            {"GET", api + "/visit/events", after.empty() ? who : with(who, "Last-Event-ID", after), ""}};
    }
    SseReader follow_clinic(const std::string& after = "") {
        return SseReader{demo_.port(),
                         {"GET", api + "/events?visit=" + visit_.provider,
                          after.empty() ? doctor_ : with(doctor_, "Last-Event-ID", after), ""}};
    }

    TempFolder folder_;
    Demo demo_{folder_.path()};
    HttpClient client_ = demo_.client();
    Headers doctor_ = demo_.staff();
    BookedVisit visit_;
    Headers patient_;
    Headers provider_;
};

TEST_F(Streams, begin_with_the_state_and_tell_what_happens) {
    auto stream = follow(patient_);
    EXPECT_EQ(stream.response().header("Content-Type"), "text/event-stream");
    const auto first = stream.next();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->event, "state");
    EXPECT_EQ(first->at("/participant/status"), "waiting");
    EXPECT_FALSE(first->id.empty());

    auto clinic = follow_clinic();
    admit();

    EXPECT_EQ(stream.wait_for("admitted").at("/participantId"), visit_.patient);
    EXPECT_EQ(stream.wait_for("state").at("/session/status"), "active");
}

TEST_F(Streams, resume_by_id_without_a_gap_even_across_a_kill) {
    auto clinic = follow_clinic();
    admit();
    auto stream = follow(patient_);
    (void)stream.wait_for("state");
    const auto last = stream.last_id();
    ASSERT_FALSE(last.empty());

    change_mode("audio_only");
    change_mode("video");
    demo_.kill();
    demo_.start();
    client_ = demo_.client();

    auto resumed = follow(patient_, last);
    EXPECT_EQ(resumed.wait_for("mode").at("/mode"), "audio_only");
    EXPECT_EQ(resumed.wait_for("mode").at("/mode"), "video");
    EXPECT_EQ(resumed.wait_for("state").at("/session/mode"), "video");
}

TEST_F(Streams, answer_an_id_that_is_none_of_theirs_with_the_state) {
    for (const auto* id : {"0", "99999999999.1", "nonsense", "-1"}) {
        auto stream = follow(patient_, id);
        EXPECT_EQ(stream.response().status, 200) << id;
        EXPECT_EQ(stream.wait_for("state").at("/session/id"), visit_.session) << id;
    }
}

TEST_F(Streams, go_on_after_an_id_that_lies_ahead_of_everything) {
    // As after a store was put back from an older copy.
    auto stream = follow(patient_, "99999999999.1");
    (void)stream.wait_for("state");
    auto clinic = follow_clinic("99999999999.1");

    admit();

    EXPECT_EQ(stream.wait_for("admitted").at("/participantId"), visit_.patient);
    EXPECT_EQ(clinic.wait_for("virtual_care.participant.admitted.v1").at("/data/participantId"),
              visit_.patient);
}

TEST_F(Streams, end_with_the_visit_and_still_give_the_last_word) {
    auto stream = follow(patient_);
    auto clinic = follow_clinic();
    admit();
    ASSERT_EQ(end().status, 200);

    EXPECT_EQ(stream.wait_for("ended").at("/reason"), "completed");
    EXPECT_FALSE(stream.next(5s));
    EXPECT_TRUE(stream.is_closed());

    auto late = follow(patient_);
    EXPECT_EQ(late.wait_for("ended").at("/sessionId"), visit_.session);
    EXPECT_FALSE(late.next(5s));
    EXPECT_TRUE(late.is_closed());
}

TEST_F(Streams, of_the_credential_before_end_at_once_when_somebody_joins_again) {
    auto before = follow(patient_);
    (void)before.wait_for("state");

    const auto again = join(client_, link_code(client_, doctor_, visit_.session, visit_.patient));
    ASSERT_EQ(again.status, 200) << again.body;
    auto after = follow(visit(again.at("/credential")));
    (void)after.wait_for("state");

    const auto removed = before.wait_for("removed");
    EXPECT_EQ(removed.at("/participantId"), visit_.patient);
    EXPECT_EQ(removed.at("/reason"), "moved");
    EXPECT_FALSE(before.next(5s));
    EXPECT_TRUE(before.is_closed());
    EXPECT_EQ(follow(patient_).wait_for("removed").at("/reason"), "moved");

    auto clinic = follow_clinic();
    admit();
    EXPECT_EQ(after.wait_for("admitted").at("/participantId"), visit_.patient);
}

TEST_F(Streams, of_a_device_that_resumes_after_another_one_came_in_are_over) {
    auto before = follow(patient_);
    (void)before.wait_for("state");
    const auto last = before.last_id();
    ASSERT_EQ(join(client_, link_code(client_, doctor_, visit_.session, visit_.patient)).status, 200);

    auto resumed = follow(patient_, last);

    EXPECT_EQ(resumed.wait_for("removed").at("/reason"), "moved");
    EXPECT_FALSE(resumed.next(5s));
    EXPECT_TRUE(resumed.is_closed());
}

TEST_F(Streams, carry_signals_to_the_peer_they_are_for_and_to_nobody_else) {
    auto of_provider = follow(provider_);
    (void)of_provider.wait_for("state");
    auto of_patient = follow(patient_);
    admit();
    ASSERT_EQ(client_.get(api + "/visit/video", patient_).status, 200);
    ASSERT_EQ(client_.get(api + "/visit/video", provider_).status, 200);

    const auto sent =
        client_.post(api + "/visit/signal",
                     {{"to", visit_.provider}, {"kind", "offer"}, {"payload", {{"sdp", "v=0"}}}}, patient_);
    ASSERT_EQ(sent.status, 202) << sent.body;

    const auto signal = of_provider.wait_for("signal");
    EXPECT_EQ(signal.at("/from"), visit_.patient);
    EXPECT_EQ(signal.at("/payload/sdp"), "v=0");
    EXPECT_TRUE(signal.id.empty());
}

TEST_F(Streams, of_staff_carry_events_and_the_frames_of_their_own_seat) {
    auto clinic = follow_clinic();
    EXPECT_EQ(clinic.wait_for("visit").at("/event"), "state");
    admit();

    const auto event = clinic.wait_for("virtual_care.participant.admitted.v1");
    EXPECT_EQ(event.at("/data/participantId"), visit_.patient);
    EXPECT_EQ(event.at("/tenantid"), demo_.tenant());
    EXPECT_EQ(clinic.wait_for("visit").at("/data/session/status"), "active");
    const auto last = clinic.last_id();

    change_mode("audio_only");
    auto resumed = follow_clinic(last);
    EXPECT_EQ(resumed.wait_for("virtual_care.session.mode_changed.v1").at("/data/to"), "audio_only");
}

TEST_F(Streams, are_for_the_holder_of_the_credential_only) {
    EXPECT_EQ(follow({}).response().status, 401);
    EXPECT_EQ(follow(visit("t.vsp_01ARZ3NDEKTSV4RRFFQ69G5FAV.x")).response().status, 401);
    const SseReader foreign{demo_.port(), {"GET", api + "/events?visit=" + visit_.patient, doctor_, ""}};
    EXPECT_GE(foreign.response().status, 400);
}

TEST_F(Streams, are_told_when_to_come_back_before_the_server_goes) {
    RawSocket socket{demo_.port()};
    socket.send(to_wire({"GET", api + "/visit/events", patient_, ""}));
    std::string heard;
    while (heard.find("event: state") == std::string::npos) {
        const auto more = socket.read_some(10s);
        ASSERT_TRUE(more);
        heard += *more;
    }

    EXPECT_EQ(demo_.terminate(), 0);

    EXPECT_THAT(heard + socket.read_until_close(5s), HasSubstr("retry: "));
}

}  // namespace
}  // namespace vcare::support
