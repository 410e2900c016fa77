// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "support/demo_fixture.hpp"
#include "support/remote_double.hpp"

namespace vcare::support {
namespace {

using Then = Reply::Then;

const std::string api{base_path};
const std::string granted = R"({"decision":"granted","consentId":"c-1","textVersion":"3"})";

/// A clinic whose consents have another owner, which the test plays.
class ConsentGate : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        folder_ = new TempFolder;
        owner_ = new RemoteDouble{says(json_reply(200, granted))};
        server_ = new Server{folder_->path(),
                             "consent.url = \"" + owner_->url() + "/v1\"\nconsent.token = \"owner-token\"\n"};
    }
    static void TearDownTestSuite() {
        EXPECT_EQ(server_->terminate(), 0);
        delete server_;
        delete owner_;
        delete folder_;
    }

    static RemoteDouble::Respond says(const Reply& reply) {
        return [reply](const Received&) { return reply; };
    }
    static void owner_grants() { owner_->respond(says(json_reply(200, granted))); }

    HttpResponse create(const std::string& patient) {
        return client_.post(api + "/sessions",
                            {{"patientId", patient}, {"scheduledStart", minutes_from_now(5)}}, doctor_);
    }
    HttpResponse admit(const BookedVisit& visit) {
        return client_.post(session(visit) + "/participants/" + visit.patient + "/admit",
                            {{"version", version_of(client_, doctor_, visit.session)}}, doctor_);
    }
    static std::string session(const BookedVisit& visit) { return api + "/sessions/" + visit.session; }
    std::string sessions_of(const std::string& patient) {
        return client_.get(api + "/sessions?patientId=" + patient, doctor_).at("/items");
    }
    std::string state_of(const BookedVisit& visit) { return client_.get(session(visit), doctor_).body; }

    static inline TempFolder* folder_ = nullptr;
    static inline RemoteDouble* owner_ = nullptr;
    static inline Server* server_ = nullptr;
    HttpClient client_ = server_->client();
    Headers doctor_ = server_->token("north", "dr-north", {"clinician"});
};

/// An answer, or the want of one, and what every gate makes of it.
struct Case {
    std::string name;
    std::optional<Reply> reply;  ///< nothing: nobody listens
    int status = 503;
    std::string code = "CONSENT_SERVICE_UNAVAILABLE";
};

std::vector<Case> cases() {
    const Reply whole = json_reply(200, granted);
    const auto with = [](const std::string& more) {
        return json_reply(200, "{" + more + "," + granted.substr(1));
    };
    return {
        {"denied", json_reply(200, R"({"decision":"denied"})"), 403, "CONSENT_REQUIRED"},
        {"expired", with(R"("expiresAt":"2020-01-01T00:00:00Z")"), 403, "CONSENT_REQUIRED"},
        {"refused", std::nullopt},
        {"silent", silence()},
        {"slow in the middle", cut(whole, whole.bytes.size() - 1, Then::stall)},
        {"closed", cut(whole, 0, Then::close)},
        {"half an answer", cut(whole, whole.bytes.size() - 1, Then::close)},
        {"reset", cut(whole, 40, Then::reset)},
        {"not HTTP", Reply{.bytes = "SSH-2.0-OpenSSH_9.2\r\n", .then = Then::stall}},
        {"not JSON", json_reply(200, "<html>granted</html>")},
        {"another content type", reply(200, granted, "text/html")},
        {"unknown decision", json_reply(200, R"({"decision":"yes","consentId":"c-1","textVersion":"3"})")},
        {"a grant that rests on nothing", json_reply(200, R"({"decision":"granted"})")},
        {"another tenant", with(R"("tenantId":"south")")},
        {"another patient", with(R"("patientId":"somebody-else")")},
        {"another type", with(R"("type":"recording")")},
        {"oversized", json_reply(200, granted + std::string(2'000'000, ' '))},
        {"a redirect", reply(302, granted, "application/json", {{"location", "http://127.0.0.1:1/"}})},
        {"not allowed", json_reply(401, granted)},
        {"forbidden", json_reply(403, granted)},
        {"not found", json_reply(404, granted)},
        {"broken", json_reply(500, granted)},
        {"away", json_reply(503, granted)},
    };
}

TEST_F(ConsentGate, is_opened_by_nothing_but_a_clear_grant_and_opens_again_without_a_restart) {
    int number = 0;
    for (const Case& the_case : cases()) {
        SCOPED_TRACE(the_case.name);
        const std::string patient = "p-" + std::to_string(++number);
        SseReader feed{server_->port(), {"GET", api + "/events", doctor_, {}}};
        const BookedVisit to_admit = book(client_, doctor_, patient);
        const BookedVisit to_join = book(client_, doctor_, patient);
        ASSERT_EQ(join(client_, link_code(client_, doctor_, to_admit.session, to_admit.patient)).status, 200);
        ASSERT_EQ(
            client_.post(session(to_admit) + "/participants/" + to_admit.provider + "/join", {}, doctor_)
                .status,
            200);
        const std::string code = link_code(client_, doctor_, to_join.session, to_join.patient);
        const std::string sessions = sessions_of(patient);
        const std::string waiting = state_of(to_admit);
        const std::string scheduled = state_of(to_join);

        if (the_case.reply) {
            owner_->respond(says(*the_case.reply));
        } else {
            owner_->stop();
        }
        for (const HttpResponse& refused : {create(patient), join(client_, code), admit(to_admit)}) {
            EXPECT_EQ(refused.status, the_case.status) << refused.body;
            EXPECT_EQ(refused.code(), the_case.code);
            EXPECT_EQ(refused.header("Retry-After").empty(), the_case.status == 403);
        }
        EXPECT_EQ(sessions_of(patient), sessions);
        EXPECT_EQ(state_of(to_admit), waiting);
        EXPECT_EQ(state_of(to_join), scheduled);

        owner_grants();
        if (!the_case.reply) owner_->start();
        EXPECT_EQ(join(client_, code).status, 200);
        EXPECT_EQ(admit(to_admit).status, 200);
        const HttpResponse created = create(patient);
        EXPECT_EQ(created.status, 201);
        // The refused ones told nobody: two bookings came before them, one after.
        std::vector<std::string> told;
        while (told.empty() || told.back() != created.at("/id"))
            told.push_back(feed.wait_for("virtual_care.session.created.v1").at("/data/sessionId"));
        EXPECT_THAT(told, testing::ElementsAre(to_admit.session, to_join.session, created.at("/id")));
    }
}

TEST_F(ConsentGate, asks_the_owner_with_its_token_about_that_patient) {
    owner_grants();
    ASSERT_EQ(create("p-asked").status, 201);

    const Received asked = owner_->requests().back();
    EXPECT_EQ(asked.target, "/v1/consents/decision?tenantId=north&patientId=p-asked&type=telehealth");
    EXPECT_EQ(asked.headers.at("authorization"), "Bearer owner-token");
}

TEST_F(ConsentGate, writes_a_consent_to_its_owner_before_anything_rests_on_it) {
    owner_->respond([](const Received& received) {
        return received.method == "POST" ? json_reply(201, "{}") : json_reply(200, granted);
    });
    const boost::json::object consent{{"patientId", "p-given"}, {"type", "telehealth"}, {"method", "verbal"}};
    const HttpResponse recorded = client_.post(api + "/consents", consent, doctor_);

    ASSERT_EQ(recorded.status, 201) << recorded.body;
    const Received written = owner_->requests().back();
    EXPECT_EQ(written.target, "/v1/consents");
    EXPECT_EQ(written.headers.at("idempotency-key"), recorded.at("/id"));
    EXPECT_EQ(at(boost::json::parse(written.body), "/patientId"), "p-given");
}

TEST_F(ConsentGate, takes_a_consent_for_not_given_when_its_owner_does_not_take_it) {
    SseReader feed{server_->port(), {"GET", api + "/events", doctor_, {}}};
    owner_->respond(says(json_reply(400, "{}")));
    const boost::json::object consent{
        {"patientId", "p-refused"}, {"type", "telehealth"}, {"method", "verbal"}};

    EXPECT_EQ(client_.post(api + "/consents", consent, doctor_).code(), "CONSENT_SERVICE_UNAVAILABLE");

    owner_grants();
    const HttpResponse created = create("p-refused");
    EXPECT_EQ(feed.next()->at("/data/sessionId"), created.at("/id"));
}

TEST_F(ConsentGate, leaves_a_failing_owner_alone_and_comes_back_by_itself) {
    owner_->respond(says(json_reply(503, "{}")));
    for (int i = 0; i < 6; ++i) EXPECT_EQ(create("p-circuit").code(), "CONSENT_SERVICE_UNAVAILABLE");
    const auto asked = owner_->requests().size();
    EXPECT_EQ(create("p-circuit").code(), "CONSENT_SERVICE_UNAVAILABLE");
    EXPECT_EQ(owner_->requests().size(), asked);
    const HttpResponse health = server_->admin_client().get("/health/ready");
    EXPECT_EQ(health.status, 200);
    EXPECT_THAT(health.body, testing::HasSubstr(R"("name":"consent","state":"degraded")"));
    const std::string metrics = server_->admin_client().get("/metrics").body;
    EXPECT_THAT(metrics, testing::HasSubstr(R"(vcare_circuit_state{dependency="consent"} 1)"));

    owner_grants();
    const auto deadline = std::chrono::steady_clock::now() + seconds{60};
    while (create("p-circuit").status != 201) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    EXPECT_THAT(server_->admin_client().get("/metrics").body,
                testing::HasSubstr(R"(vcare_circuit_state{dependency="consent"} 0)"));
}

/// A clinic whose consents have an owner that is asked and told nothing.
struct ConsentGateReadOnly : testing::Test {
    void owner_says(const std::string& decision) {
        owner.respond([decision](const Received&) { return json_reply(200, decision); });
    }

    HttpResponse create() {
        return client.post(api + "/sessions", {{"patientId", "p1"}, {"scheduledStart", minutes_from_now(5)}},
                           doctor);
    }
    Headers seat_of(const BookedVisit& visit) {
        const std::string code = link_code(client, doctor, visit.session, visit.patient);
        return support::visit(join(client, code).at("/credential"));
    }

    const boost::json::object withdrawal{
        {"type", "telehealth"}, {"decision", "withdrawn"}, {"textVersion", "3"}};
    TempFolder folder;
    RemoteDouble owner{[](const Received&) { return json_reply(200, granted); }};
    const Server server{folder.path(), "consent.url = \"" + owner.url() + "\"\nconsent.capture = \"off\"\n"};
    HttpClient client = server.client();
    Headers doctor = server.token("north", "dr-north", {"clinician"});
};

TEST_F(ConsentGateReadOnly, brings_no_consent_to_an_owner_that_takes_none) {
    const boost::json::object consent{{"patientId", "p1"}, {"type", "telehealth"}, {"method", "verbal"}};

    const HttpResponse refused = client.post(api + "/consents", consent, doctor);
    EXPECT_EQ(refused.code(), "CONSENT_REQUIRED") << refused.body;
    EXPECT_THAT(refused.at("/detail"), testing::HasSubstr("records consents itself"));
    for (const Received& asked : owner.requests()) EXPECT_EQ(asked.method, "GET");
    EXPECT_EQ(book(client, doctor, "p1").version, 1u);
}

TEST_F(ConsentGateReadOnly, tells_the_page_that_the_answer_is_taken_elsewhere) {
    const BookedVisit visit = book(client, doctor, "p1");
    const std::string code = link_code(client, doctor, visit.session, visit.patient);

    EXPECT_EQ(client.post(api + "/visit/preview", {{"token", code}}).at("/consents/0/answerable"), "false");
    EXPECT_EQ(join(client, code).at("/visit/consents/0/answerable"), "false");
}

TEST_F(ConsentGateReadOnly, lets_a_withdrawal_rest_once_the_owner_says_no_too) {
    const BookedVisit visit = book(client, doctor, "p1");
    const Headers patient = seat_of(visit);
    owner_says(R"({"decision":"denied"})");  // the patient told the clinic, too

    EXPECT_EQ(client.post(api + "/visit/consents", withdrawal, patient).status, 200);
    EXPECT_EQ(client.get(api + "/sessions/" + visit.session, doctor).at("/status"), "cancelled");
    EXPECT_EQ(create().code(), "CONSENT_REQUIRED");

    owner_says(granted);
    EXPECT_EQ(create().status, 201) << "what is newly granted there counts here";
}

TEST_F(ConsentGateReadOnly, holds_a_withdrawal_against_an_owner_that_still_says_yes) {
    const Headers patient = seat_of(book(client, doctor, "p1"));

    EXPECT_EQ(client.post(api + "/visit/consents", withdrawal, patient).status, 200);
    EXPECT_EQ(create().code(), "CONSENT_REQUIRED");
}

TEST(ConsentGateTls, trusts_an_owner_that_the_named_authority_vouches_for_and_no_other) {
    TempFolder folder;
    const Authority authority;
    RemoteDouble owner{[](const Received&) { return json_reply(200, granted); },
                       authority.issue("IP:127.0.0.1")};
    const auto create_with = [&](const std::string& trusted) {
        write_text(folder.path() / "ca.pem", trusted);
        owner.stop();  // one that is there and cannot be trusted ends the start
        const Server server{folder.path(),
                            "consent.url = \"" + owner.url() + "\"\nconsent.ca_file = \"ca.pem\"\n"};
        owner.start();
        HttpClient client = server.client();
        return client
            .post(api + "/sessions", {{"patientId", "p1"}, {"scheduledStart", minutes_from_now(5)}},
                  server.token("north", "dr-north", {"clinician"}))
            .status;
    };

    EXPECT_EQ(create_with(authority.certificate()), 201);
    EXPECT_EQ(create_with(Authority{}.certificate()), 503);
}

}  // namespace
}  // namespace vcare::support
