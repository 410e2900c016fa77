// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "integration/tenant_statements.hpp"
#include "support/event_ledger.hpp"
#include "support/operations.hpp"
#include "support/store_of_test.hpp"

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
        visit_ = book(client, north, "patient-north",
                      R"({"nodeId": "node-north", "reasonForVisit": "north's own"})");
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
    Headers north_ = server_->token("north", "dr-north", {"clinician"});
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

/// Everything that names something of the north, and what it would name if that did not exist.
TEST_F(Tenants, a_foreign_id_in_a_body_or_a_query_answers_like_an_unknown_one) {
    give_consent(client_, south_, "patient-south");
    const BookedVisit own = book(client_, south_, "patient-south");
    const HttpResponse joined = join(client_, link_code(client_, south_, own.session, own.patient));
    ASSERT_EQ(joined.status, 200) << joined.body;
    const Headers seat = visit(joined.at("/credential"));
    const std::string people = api + "/sessions/" + own.session + "/participants";
    const std::string unknown_participant = "vsp_01ARZ3NDEKTSV4RRFFQ69G5FAV";
    const auto signal = [&](const std::string& to) {
        return client_.post(api + "/visit/signal",
                            {{"to", to}, {"kind", "offer"}, {"payload", {{"sdp", "v=0"}}}}, seat);
    };
    const auto link = [&](const std::string& to) {
        return client_.post(people, {{"role", "interpreter"}, {"linkedTo", to}}, south_);
    };
    const auto listed = [&](const std::string& path) { return client_.get(api + path, south_); };

    EXPECT_EQ(comparable(signal(visit_.patient)), comparable(signal(unknown_participant)));
    EXPECT_GE(signal(visit_.patient).status, 400);
    EXPECT_EQ(comparable(link(visit_.patient)), comparable(link(unknown_participant)));
    for (const auto& [foreign, unknown] : std::vector<std::pair<std::string, std::string>>{
             {"/sessions?nodeId=node-north", "/sessions?nodeId=node-nowhere"},
             {"/audit?actor=dr-north", "/audit?actor=dr-nobody"},
             {"/audit?sessionId=" + visit_.session, "/audit?sessionId=vsn_01ARZ3NDEKTSV4RRFFQ69G5FAV"},
             {"/consents?patientId=patient-north&type=telehealth",
              "/consents?patientId=nobody&type=telehealth"}}) {
        const HttpResponse of_foreign = listed(foreign);
        EXPECT_EQ(of_foreign.status, 200) << foreign << of_foreign.body;
        EXPECT_EQ(comparable(of_foreign), comparable(listed(unknown))) << foreign;
    }
}

TEST_F(Tenants, no_endpoint_without_an_id_tells_anything_of_another_clinic) {
    int walked = 0;
    for (const Route& route : http::contract::routes()) {
        const Operation& operation = http::contract::operation(route.id);
        const bool is_read = operation.method == "GET" && route.path.find('{') == std::string_view::npos;
        if (!is_read || (operation.credentials & http::contract::bearer_credential) == 0 ||
            is_stream(operation))
            continue;
        std::string path{route.path};
        if (operation.name == "listConsents") path += "?patientId=patient-north";
        const HttpResponse answer = ask(client_, operation, path, south_);
        EXPECT_LT(answer.status, 500) << operation.name << answer.body;
        // The audit log repeats what its own people asked for in vain.
        const bool repeats_ids = operation.name == "searchAudit";
        std::vector<std::string> words = {consent_, "patient-north", "dr-north", "node-north"};
        if (!repeats_ids) words.insert(words.end(), {visit_.session, visit_.patient, visit_.provider});
        for (const std::string& word : words)
            EXPECT_THAT(answer.body, testing::Not(testing::HasSubstr(word))) << operation.name;
        ++walked;
    }
    EXPECT_GE(walked, 8);
}

TEST_F(Tenants, a_credential_of_a_visit_opens_its_own_visit_alone_on_every_endpoint) {
    // A live credential of the north with the south's name in it, and one of the south's own.
    const BookedVisit north_visit = book(client_, north_, "patient-north");
    const HttpResponse joined =
        join(client_, link_code(client_, north_, north_visit.session, north_visit.patient));
    ASSERT_EQ(joined.status, 200) << joined.body;
    const std::string credential = joined.at("/credential");
    const Headers renamed = visit("south" + credential.substr(credential.find('.')));
    int walked = 0;
    for (const Route& route : http::contract::routes()) {
        const Operation& operation = http::contract::operation(route.id);
        const bool asks_for_a_seat = (operation.credentials & http::contract::visit_credential) != 0;
        if (!asks_for_a_seat || route.path.find('{') != std::string_view::npos) continue;
        const HttpResponse answer = ask(client_, operation, std::string{route.path}, renamed);
        EXPECT_EQ(answer.status, 401) << operation.name << answer.body;
        ++walked;
    }
    EXPECT_GE(walked, 9);
    EXPECT_EQ(client_.get(api + "/visit", visit(credential)).status, 200) << "it is as good as before";
}

TEST_F(Tenants, lists_and_filters_hold_nothing_of_another_clinic) {
    for (const std::string& path :
         {std::string{"/sessions"}, std::string{"/sessions?patientId=patient-north"},
          std::string{"/sessions?providerId=dr-north"}, std::string{"/consents?patientId=patient-north"},
          std::string{"/waiting-room"}, std::string{"/appointments/waiting"}}) {
        const HttpResponse answer = client_.get(api + path, south_);
        ASSERT_EQ(answer.status, 200) << path << answer.body;
        EXPECT_THAT(answer.body, testing::Not(testing::HasSubstr(visit_.session))) << path;
        EXPECT_THAT(answer.body, testing::Not(testing::HasSubstr("patient-north"))) << path;
    }
    const HttpResponse audit = client_.get(api + "/audit?sessionId=" + visit_.session, south_);
    ASSERT_EQ(audit.status, 200) << audit.body;
    for (const auto& entry : audit.json().at("items").as_array())
        EXPECT_EQ(at(entry, "/actor"), "dr-south") << "of what was asked for here, in vain";
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

TEST_F(Tenants, no_stream_tells_anything_of_a_whole_visit_in_another_clinic) {
    give_consent(client_, south_, "patient-seated");
    const BookedVisit own = book(client_, south_, "patient-seated");
    const HttpResponse joined = join(client_, link_code(client_, south_, own.session, own.patient));
    ASSERT_EQ(joined.status, 200) << joined.body;
    SseReader feed{server_->port(), {"GET", api + "/events", south_, {}}};
    SseReader page{server_->port(), {"GET", api + "/visit/events", visit(joined.at("/credential")), {}}};
    (void)page.wait_for("state");

    const std::string foreign = hold_visit(client_, north_, "patient-north");
    // The last thing that happens is the south's own: what comes before it was told on the way.
    const auto version = version_of(client_, south_, own.session);
    ASSERT_EQ(client_
                  .post(api + "/sessions/" + own.session + "/cancel", {{"version", version}, {"reason", "x"}},
                        south_)
                  .status,
              200);

    const auto expect_own = [&](SseReader& stream, const std::string& last) {
        for (bool is_over = false; !is_over;) {
            const auto frame = stream.next();
            ASSERT_TRUE(frame.has_value()) << "it told nothing of the end";
            EXPECT_THAT(frame->data, testing::Not(testing::HasSubstr(foreign))) << frame->event;
            EXPECT_THAT(frame->data, testing::Not(testing::HasSubstr("north"))) << frame->event;
            is_over = frame->event == last;
        }
    };
    expect_own(feed, "virtual_care.session.cancelled.v1");
    expect_own(page, "ended");
}

TEST_F(Tenants, what_was_sealed_for_one_clinic_opens_for_no_other) {
    give_consent(client_, south_, "patient-moved");
    const BookedVisit own = book(client_, south_, "patient-moved", R"({"reasonForVisit": "south's own"})");
    ASSERT_EQ(client_.get(api + "/sessions/" + own.session, south_).status, 200);

    // Somebody at the database gives the south what the north has, as it is stored.
    change_stored(
        folder_->path(),
        "UPDATE sessions SET reason_for_visit = (SELECT reason_for_visit FROM sessions WHERE session_id = '" +
            visit_.session + "') WHERE session_id = '" + own.session + "'");

    const HttpResponse answer = client_.get(api + "/sessions/" + own.session, south_);
    EXPECT_EQ(answer.status, 500) << answer.body;
    EXPECT_THAT(answer.body, testing::Not(testing::HasSubstr("north's own")));
    EXPECT_EQ(client_.get(api + "/sessions/" + visit_.session, north_).at("/reasonForVisit"), "north's own");
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

/// The second wall: row-level security, with the first one, the condition in the statement, taken away.
class WallsOfTenants : public testing::TestWithParam<bool> {
  protected:
    PostgresServer server_;
    DatabaseOfOneTenant database_{server_};
};

TEST_P(WallsOfTenants, hold_behind_every_statement_whether_it_names_another_tenant_or_forgets_it) {
    const std::vector<TenantStatement> statements = statements_of_tenants();
    ASSERT_GE(statements.size(), 140U);
    const auto variants_of = [](const TenantStatement& statement) {
        return std::vector{statement.text, without_tenant_condition(statement.text)};
    };
    std::map<std::string, std::string> of_nobody;
    for (const TenantStatement& statement : statements) {
        for (const std::string& text : variants_of(statement))
            of_nobody[text] = database_.run(text, "y").rows;
    }

    database_.fill();

    int met_without_the_wall = 0;
    for (const TenantStatement& statement : statements) {
        bool is_met = false;
        for (const std::string& text : variants_of(statement)) {
            const auto outcome = database_.run(text, "y");
            EXPECT_EQ(outcome.rows, of_nobody.at(text)) << statement.name << ": " << text;
            EXPECT_FALSE(outcome.changes) << statement.name << ": " << text;
            const auto without = database_.run(text, "y", false);
            is_met = is_met || without.changes || without.rows != of_nobody.at(text);
        }
        if (is_met) ++met_without_the_wall;
    }
    // Otherwise the walk would show nothing.
    EXPECT_GE(met_without_the_wall, static_cast<int>(statements.size() * 2 / 3));
}

INSTANTIATE_TEST_SUITE_P(OnPostgres, WallsOfTenants,
                         testing::ValuesIn(is_on_postgres() ? std::vector{true} : std::vector<bool>{}));
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(WallsOfTenants);

}  // namespace
}  // namespace vcare::support
