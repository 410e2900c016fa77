// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "support/demo_fixture.hpp"
#include "support/operations.hpp"

namespace vcare::support {
namespace {

using http::contract::Operation;
using http::contract::Route;

const std::string api{base_path};

/// Two clinics on one service. What the north has must look to the south as if it did not exist.
class Tenants : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        folder_ = new TempFolder;
        server_ = new Server{folder_->path()};
        HttpClient client = server_->client();
        const Headers north = server_->token("north", "dr-north", {"clinician"});
        give_consent(client, north, "patient-north");
        visit_ = book(client, north, "patient-north");
        code_ = link_code(client, north, visit_.session, visit_.patient);
        const HttpResponse consents = client.get(api + "/consents?patientId=patient-north", north);
        consent_ = consents.at("/items/0/id");
    }
    static void TearDownTestSuite() {
        delete server_;
        delete folder_;
    }

    /// The answer without what differs from one request to the next.
    static std::string comparable(const HttpResponse& response) {
        boost::json::value body = response.json();
        if (auto* problem = body.if_object()) {
            problem->erase("traceId");
            problem->erase("instance");
        }
        return std::to_string(response.status) + " " + boost::json::serialize(body);
    }

    /// A body with which the operation would do something, if the session were the caller's own.
    static std::string body_for(const Operation& operation) {
        const std::string start = minutes_from_now(10);
        if (operation.name == "addParticipant") return R"({"role": "observer"})";
        if (operation.name == "admitParticipant" || operation.name == "endSession")
            return R"({"version": 1})";
        if (operation.name == "removeParticipant") return R"({"reason": "x"})";
        if (operation.name == "cancelSession") return R"({"version": 1, "reason": "x"})";
        if (operation.name == "rescheduleSession")
            return R"({"version": 1, "scheduledStart": ")" + start + "\"}";
        if (operation.name == "changeMode") return R"({"mode": "audio_only", "reason": "x"})";
        return "{}";
    }

    static inline const std::vector<std::string> every_role_but_platform = {
        "clinician", "nurse_practitioner", "scheduler", "admin", "tenant_admin", "auditor"};

    HttpClient client_ = server_->client();
    Headers south_ = server_->token("south", "dr-south", every_role_but_platform);
    static inline TempFolder* folder_ = nullptr;
    static inline Server* server_ = nullptr;
    static inline BookedVisit visit_;
    static inline std::string code_;
    static inline std::string consent_;
};

TEST_F(Tenants, a_foreign_id_answers_on_every_endpoint_exactly_like_an_unknown_one) {
    int walked = 0;
    for (const Route& route : http::contract::routes()) {
        const Operation& operation = http::contract::operation(route.id);
        const bool has_ids = route.path.find('{') != std::string_view::npos;
        if (!has_ids || operation.credentials != http::contract::bearer_credential) continue;
        const bool is_consent = route.path.find("/consents/") != std::string_view::npos;
        const PathValues foreign = {{"id", is_consent ? consent_ : visit_.session}, {"pid", visit_.patient}};
        const PathValues unknown = {
            {"id", is_consent ? "cns_01ARZ3NDEKTSV4RRFFQ69G5FAV" : "vsn_01ARZ3NDEKTSV4RRFFQ69G5FAV"},
            {"pid", "vsp_01ARZ3NDEKTSV4RRFFQ69G5FAV"}};

        const HttpResponse of_foreign =
            ask(client_, operation, fill_in(route.path, foreign), south_, body_for(operation));
        const HttpResponse of_unknown =
            ask(client_, operation, fill_in(route.path, unknown), south_, body_for(operation));

        EXPECT_EQ(comparable(of_foreign), comparable(of_unknown)) << operation.name;
        EXPECT_EQ(of_foreign.status, 404) << operation.name << of_foreign.body;
        ++walked;
    }
    EXPECT_GE(walked, 14);
}

TEST_F(Tenants, a_foreign_participant_in_an_own_session_answers_like_an_unknown_one) {
    give_consent(client_, south_, "patient-south");
    const BookedVisit own = book(client_, south_, "patient-south");
    for (const Route& route : http::contract::routes()) {
        const Operation& operation = http::contract::operation(route.id);
        if (route.path.find("{pid}") == std::string_view::npos) continue;
        const auto asked = [&](const std::string& participant) {
            const PathValues values = {{"id", own.session}, {"pid", participant}};
            return ask(client_, operation, fill_in(route.path, values), south_, body_for(operation));
        };

        const HttpResponse of_foreign = asked(visit_.patient);

        EXPECT_EQ(comparable(of_foreign), comparable(asked("vsp_01ARZ3NDEKTSV4RRFFQ69G5FAV")))
            << operation.name;
        EXPECT_EQ(of_foreign.code(), "PARTICIPANT_NOT_FOUND") << operation.name;
    }
}

TEST_F(Tenants, lists_and_filters_hold_nothing_of_another_clinic) {
    for (const std::string& path :
         {std::string{"/sessions"}, std::string{"/sessions?patientId=patient-north"},
          std::string{"/sessions?providerId=dr-north"}, std::string{"/consents?patientId=patient-north"},
          std::string{"/waiting-room"}, std::string{"/appointments/waiting"},
          "/audit?sessionId=" + visit_.session}) {
        const HttpResponse answer = client_.get(api + path, south_);
        ASSERT_EQ(answer.status, 200) << path << answer.body;
        EXPECT_THAT(answer.body, testing::Not(testing::HasSubstr(visit_.session))) << path;
        EXPECT_THAT(answer.body, testing::Not(testing::HasSubstr("patient-north"))) << path;
    }
}

TEST_F(Tenants, the_feed_tells_nothing_of_another_clinic) {
    SseReader feed{server_->port(), {"GET", api + "/events", south_, {}}};
    ASSERT_EQ(feed.response().status, 200);
    const Headers north = server_->token("north", "dr-north", {"clinician"});
    give_consent(client_, north, "patient-quiet");
    book(client_, north, "patient-quiet");
    give_consent(client_, south_, "patient-loud");

    // The event of the south comes after those of the north, which must not come at all.
    const auto frame = feed.next();

    ASSERT_TRUE(frame.has_value());
    EXPECT_EQ(frame->at("/tenantid"), "south");
    EXPECT_EQ(frame->at("/data/patientId"), "patient-loud");
}

TEST_F(Tenants, a_seat_of_another_clinic_cannot_be_watched) {
    const auto watched = [&](const std::string& seat) {
        const SseReader reader{server_->port(), {"GET", api + "/events?visit=" + seat, south_, {}}};
        return reader.response().status;
    };

    EXPECT_EQ(watched(visit_.patient), 404);
    EXPECT_EQ(watched("vsp_01ARZ3NDEKTSV4RRFFQ69G5FAV"), 404);
}

TEST_F(Tenants, a_credential_with_another_clinics_name_in_it_opens_nothing) {
    const HttpResponse joined = join(client_, code_);
    ASSERT_EQ(joined.status, 200) << joined.body;
    const std::string credential = joined.at("/credential");
    EXPECT_EQ(client_.get(api + "/visit", visit(credential)).status, 200);

    const std::string renamed = "south" + credential.substr(credential.find('.'));

    EXPECT_EQ(client_.get(api + "/visit", visit(renamed)).status, 401);
}

TEST_F(Tenants, an_idempotency_key_of_another_clinic_means_nothing) {
    give_consent(client_, south_, "patient-twin");
    const Headers north = server_->token("north", "dr-twin", {"clinician"});
    give_consent(client_, north, "patient-twin");
    const boost::json::object body{{"patientId", "patient-twin"}, {"scheduledStart", minutes_from_now(5)}};
    const Headers twin = server_->token("south", "dr-twin", {"clinician"});

    const HttpResponse in_north = client_.post(api + "/sessions", body, with(north, "Idempotency-Key", "k"));
    const HttpResponse in_south = client_.post(api + "/sessions", body, with(twin, "Idempotency-Key", "k"));

    EXPECT_EQ(in_north.at("/tenantId"), "north");
    EXPECT_EQ(in_south.at("/tenantId"), "south");
    EXPECT_NE(in_north.at("/id"), in_south.at("/id"));
}

}  // namespace
}  // namespace vcare::support
