// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/inbox_fixture.hpp"

/// The module is licensed for each facility by itself.
namespace vcare::support {
namespace {

using testing::IsEmpty;

const std::string api{base_path};

class LicencesOfFacilities : public Inbox {
  protected:
    void license(const std::string& node, bool licensed, int said_at, int times = 1) {
        tell("licensing.entitlement.changed.v1",
             {{"module", "TELEMED-VC"}, {"nodeId", node}, {"licensed", licensed}}, said_at, times);
    }
    HttpResponse ask_for_visit(const std::string& node) {
        boost::json::object order{{"patientId", "p-1"}, {"scheduledStart", minutes_from_now(30)}};
        if (!node.empty()) order["nodeId"] = node;
        return client_.post(api + "/sessions", order, staff_);
    }
    [[nodiscard]] bool loses_licence(const std::string& node) {
        return becomes_true([&] { return ask_for_visit(node).code() == "MODULE_NOT_LICENSED"; });
    }
};

TEST_P(LicencesOfFacilities, keep_new_visits_from_one_and_from_no_other_while_what_is_booked_goes_on) {
    give_consent(client_, staff_, "p-1");
    const BookedVisit booked = book(client_, staff_, "p-1", R"({"nodeId": "ward-2"})");
    const BookedVisit elsewhere = book(client_, staff_, "p-1", R"({"nodeId": "ward-1"})");
    const BookedVisit live = live_visit("p-2", R"({"nodeId": "ward-2"})");
    const Headers patient = visit(credential_);

    license("ward-2", false, 1, 3);

    ASSERT_TRUE(loses_licence("ward-2"));
    EXPECT_EQ(ask_for_visit("ward-1").status, 201);
    EXPECT_EQ(ask_for_visit("").status, 201);
    const auto path = [](const std::string& session, const std::string& rest) {
        return api + "/sessions/" + session + rest;
    };
    const auto moves = [&](const BookedVisit& one) {
        return client_.post(path(one.session, "/reschedule"),
                            {{"version", one.version}, {"scheduledStart", minutes_from_now(60)}}, staff_);
    };
    EXPECT_EQ(moves(booked).code(), "MODULE_NOT_LICENSED");
    EXPECT_EQ(client_.post(path(booked.session, "/participants"), {{"role", "observer"}}, staff_).code(),
              "MODULE_NOT_LICENSED");
    EXPECT_EQ(moves(elsewhere).status, 200);
    EXPECT_EQ(client_.get(path(booked.session, ""), staff_).at("/nodeId"), "ward-2");
    EXPECT_EQ(client_.get(api + "/sessions?nodeId=ward-2", staff_).status, 200);
    EXPECT_EQ(client_.get(api + "/visit", patient).status, 200);
    const auto version = version_of(client_, staff_, live.session);
    EXPECT_EQ(client_.post(path(live.session, "/end"), {{"version", version}}, staff_).status, 200);
    EXPECT_TRUE(becomes_true([&] { return client_.get(path(live.session, "/fhir"), staff_).status == 200; }));
}

TEST_P(LicencesOfFacilities, follow_the_word_that_was_said_last_whichever_comes_first) {
    give_consent(client_, staff_, "p-1");

    license("ward-2", false, 5);
    ASSERT_TRUE(platform_.is_drained());
    license("ward-2", true, 3);
    license("ward-3", true, 5);
    tell("licensing.entitlement.changed.v1", {{"module", "TELEMED-VC"}, {"licensed", false}}, 6);
    ASSERT_TRUE(platform_.is_drained());

    ASSERT_TRUE(loses_licence(""));
    EXPECT_EQ(ask_for_visit("ward-2").code(), "MODULE_NOT_LICENSED");
    EXPECT_EQ(ask_for_visit("ward-4").code(), "MODULE_NOT_LICENSED") << "as its tenant";
    EXPECT_EQ(ask_for_visit("ward-3").at("/nodeId"), "ward-3") << "its own word";
}

TEST_P(LicencesOfFacilities, let_appointments_go_on_that_waited_for_them) {
    for (const char* patient : {"p-2", "p-3"}) give_consent(client_, staff_, patient);
    license("ward-2", false, 1);
    ASSERT_TRUE(platform_.is_drained());
    const auto schedule_at = [&](const std::string& appointment, const std::string& patient,
                                 const std::string& node) {
        tell("scheduling.appointment.scheduled.v1", {{"appointmentId", appointment},
                                                     {"patientId", patient},
                                                     {"providerId", "dr-north"},
                                                     {"nodeId", node},
                                                     {"visitType", "virtual"},
                                                     {"startAt", starts(30)}});
    };
    schedule_at("a-2", "p-2", "ward-2");
    schedule_at("a-3", "p-3", "ward-3");
    ASSERT_TRUE(becomes("p-3", "/nodeId", "ward-3"));
    using Waiting = std::map<std::string, std::string>;
    ASSERT_TRUE(becomes_true([&] { return waiting() == Waiting{{"a-2", "licence"}}; }));

    license("ward-2", true, 2);

    EXPECT_TRUE(becomes("p-2", "/nodeId", "ward-2"));
    EXPECT_THAT(waiting(), IsEmpty());
    EXPECT_THAT(failures(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Roads, LicencesOfFacilities,
                         testing::Values(Road::cloud_events, Road::plain, Road::by_hand), name_of);

}  // namespace
}  // namespace vcare::support
