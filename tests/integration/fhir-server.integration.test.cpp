// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <csignal>
#include <filesystem>
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/demo_fixture.hpp"
#include "support/fhir_server.hpp"
#include "support/remote_double.hpp"
#include "unit/adapters/crypto/pem_keys.hpp"

namespace vcare::support {
namespace {

using std::chrono::minutes;
using testing::HasSubstr;

const std::string api{base_path};

/// A visit from its booking to its end: owed to the record from then on. Answers the session.
std::string hold_visit(const Server& server, const std::string& patient) {
    HttpClient client = server.client();
    const Headers doctor = server.token("north", "dr-north", {"clinician"});
    give_consent(client, doctor, patient);
    const BookedVisit visit = book(client, doctor, patient);
    const std::string session = api + "/sessions/" + visit.session;
    const auto post = [&](const std::string& path, boost::json::object body) {
        const HttpResponse answer = client.post(session + path, body, doctor);
        if (answer.status != 200) throw std::runtime_error{path + ": " + answer.body};
    };
    if (join(client, link_code(client, doctor, visit.session, visit.patient)).status != 200)
        throw std::runtime_error{"the patient cannot join"};
    post("/participants/" + visit.provider + "/join", {});
    post("/participants/" + visit.patient + "/admit",
         {{"version", version_of(client, doctor, visit.session)}});
    post("/end", {{"version", version_of(client, doctor, visit.session)}});
    return visit.session;
}

/// The Encounter's id once the debt is paid.
std::string paid_encounter(const Server& server, const std::string& session) {
    HttpClient client = server.client();
    const Headers doctor = server.token("north", "dr-north", {"clinician"});
    SseReader feed{server.port(), {"GET", api + "/events", doctor, {}}};
    const auto encounter_id = [&] {
        return client.get(api + "/sessions/" + session, doctor).at("/encounterId");
    };
    if (const std::string paid = encounter_id(); !paid.empty()) return paid;
    while (feed.wait_for("virtual_care.encounter.created.v1", minutes{3}).at("/data/sessionId") != session) {
    }
    return encounter_id();
}

/// A way to a FHIR server on which answers get lost; also notes what came by.
RemoteDouble::Respond passing_on_to(const FhirServer& record) {
    return [&record](const Received& received) {
        const HttpResponse answer = record.pass_on({received.method,
                                                    received.target,
                                                    {received.headers.begin(), received.headers.end()},
                                                    received.body});
        std::map<std::string, std::string> headers;
        if (const std::string location = answer.header("Location"); !location.empty())
            headers.emplace("Location", location);
        return reply(answer.status, answer.body, answer.header("Content-Type"), headers);
    };
}

class ARecord : public testing::Test {
  protected:
    void expect_one_encounter(const std::string& session, const std::string& id) {
        const auto encounters = record_.encounters_of(session);
        ASSERT_EQ(encounters.size(), 1U);
        EXPECT_EQ(at(encounters[0], "/id"), id);
        EXPECT_EQ(at(encounters[0], "/class/code"), "VR");
        EXPECT_EQ(at(encounters[0], "/status"), "finished");
    }

    TempFolder folder_;
    FhirServer record_;
};

TEST_F(ARecord, that_is_down_at_the_end_of_a_visit_has_it_once_when_it_is_back) {
    const Server server{folder_.path(), "fhir.url = \"" + record_.url() + "\"\n"};
    const std::string session = hold_visit(server, "p1");
    HttpClient metrics = server.admin_client();
    const auto deadline = std::chrono::steady_clock::now() + minutes{2};
    while (metrics.get("/metrics").body.find(R"(vcare_encounter_attempts_total{result="later"})") ==
           std::string::npos) {
        ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    }
    HttpClient client = server.client();
    const Headers doctor = server.token("north", "dr-north", {"clinician"});
    EXPECT_EQ(client.get(api + "/sessions/" + session, doctor).at("/encounterId"), "");

    record_.start();

    expect_one_encounter(session, paid_encounter(server, session));
}

TEST_F(ARecord, has_a_visit_once_when_the_service_was_killed_before_it_wrote_down_that_it_is_there) {
    record_.start();
    const auto pass_on = passing_on_to(record_);
    std::promise<int> started;
    std::future<int> victim = started.get_future();
    std::atomic<bool> is_first = true;
    RemoteDouble way{[&](const Received& received) {
        Reply answer = pass_on(received);
        const bool kills = received.method == "POST" && is_first.exchange(false);
        if (!kills) return answer;
        EXPECT_THAT(answer.bytes, HasSubstr(" 201 "));
        if (victim.wait_for(minutes{2}) == std::future_status::ready) ::kill(victim.get(), SIGKILL);
        return silence();
    }};
    Server server{folder_.path(), "fhir.url = \"" + way.url() + "/fhir/R4\"\n"};
    const std::string session = hold_visit(server, "p1");
    started.set_value(server.process().id());
    ASSERT_EQ(server.process().wait(minutes{2}), 128 + 9);
    EXPECT_EQ(record_.encounters_of(session).size(), 1U);

    server.start();

    expect_one_encounter(session, paid_encounter(server, session));
}

TEST_F(ARecord, is_not_written_twice_when_an_answer_is_lost) {
    record_.start();
    const auto pass_on = passing_on_to(record_);
    std::atomic<int> creations = 0;
    RemoteDouble way{[&](const Received& received) {
        const Reply answer = pass_on(received);
        const bool is_lost = received.method == "POST" && creations++ == 0;
        return is_lost ? cut(answer, 12, Reply::Then::close) : answer;
    }};
    const Server server{folder_.path(), "fhir.url = \"" + way.url() + "/fhir/R4\"\n"};

    const std::string session = hold_visit(server, "p1");

    expect_one_encounter(session, paid_encounter(server, session));
    EXPECT_EQ(creations, 2);
}

TEST(ASecureRecord, is_written_with_a_token_over_tls) {
    TempFolder folder;
    const Authority authority;
    write_text(folder.path() / "ca.pem", authority.certificate());
    FhirServer record{{.token = "secret", .certificate = authority.issue("IP:127.0.0.1")}};
    record.start();
    const Server server{folder.path(), "fhir.url = \"" + record.url() +
                                           "\"\nfhir.ca_file = \"ca.pem\"\nfhir.token = \"secret\"\n"};

    const std::string session = hold_visit(server, "p1");

    EXPECT_NE(paid_encounter(server, session), "");
}

Reply refuse_content(const Received&) {
    return reply(422,
                 R"({"resourceType":"OperationOutcome","issue":[{"severity":"error",)"
                 R"("code":"business-rule","diagnostics":"Jane Doe is unknown"}]})",
                 "application/fhir+json");
}

TEST_F(ARecord, that_refused_a_visit_for_its_content_gets_it_again_when_somebody_says_so) {
    record_.start();
    RemoteDouble way{refuse_content};
    const Server server{folder_.path(), "fhir.url = \"" + way.url() + "/fhir/R4\"\n"};
    const std::array sessions = {hold_visit(server, "p1"), hold_visit(server, "p2")};
    const auto listed = [&] { return server.command({"encounters", "list", "--json"}).output; };
    const auto are_refused = [&] {
        std::size_t refused = 0;
        const std::string list = listed();
        for (std::size_t at = 0; (at = list.find("content business-rule", at)) != std::string::npos; ++at)
            ++refused;
        return refused == sessions.size();
    };
    const auto deadline = std::chrono::steady_clock::now() + minutes{2};
    while (!are_refused()) ASSERT_LT(std::chrono::steady_clock::now(), deadline) << listed();
    EXPECT_THAT(listed(), HasSubstr(sessions[0]));
    EXPECT_THAT(listed() + server.log(), testing::Not(HasSubstr("Jane Doe")));

    way.respond(passing_on_to(record_));
    EXPECT_EQ(server.command({"encounters", "retry", "--session", sessions[0]}).exit_code, 0);
    HttpClient client = server.client();
    const Headers chief = server.token("north", "chief", {"admin"});
    const HttpResponse asked = client.post(api + "/sessions/" + sessions[1] + "/encounter/retry", {}, chief);
    EXPECT_EQ(asked.status, 200) << asked.body;

    for (const std::string& session : sessions)
        expect_one_encounter(session, paid_encounter(server, session));
}

TEST(ASecureRecord, is_written_with_a_token_that_smart_backend_services_issued) {
    TempFolder folder;
    EVP_PKEY* const key = EVP_RSA_gen(2048);
    write_text(folder.path() / "key.pem", tests::pem_of(key));
    EVP_PKEY_free(key);
    std::filesystem::permissions(folder.path() / "key.pem", std::filesystem::perms{0600});
    FhirServer record{{.token = "issued"}};
    record.start();
    RemoteDouble issuer{[](const Received&) {
        return json_reply(200, R"({"access_token":"issued","token_type":"bearer","expires_in":300})");
    }};
    const Server server{folder.path(), "[fhir]\nurl = \"" + record.url() + "\"\nsmart_token_url = \"" +
                                           issuer.url() +
                                           "/token\"\nsmart_client_id = \"vcare\"\n"
                                           "smart_key_id = \"k1\"\nsmart_key_file = \"key.pem\"\n"};

    const std::string session = hold_visit(server, "p1");

    EXPECT_NE(paid_encounter(server, session), "");
    EXPECT_EQ(record.encounters_of(session).size(), 1U);
    EXPECT_EQ(issuer.requests().size(), 1U);
}

TEST(ASecureRecord, is_not_asked_with_a_key_that_others_may_read) {
    TempFolder folder;
    write_text(folder.path() / "key.pem", "");
    std::filesystem::permissions(folder.path() / "key.pem", std::filesystem::perms{0644});
    write_text(folder.path() / "vcare.toml",
               "[fhir]\nurl = \"http://127.0.0.1:1/fhir\"\nsmart_token_url = \"http://127.0.0.1:1/token\"\n"
               "smart_client_id = \"vcare\"\nsmart_key_id = \"k1\"\nsmart_key_file = \"key.pem\"\n");

    const Finished refused = run({vcare_binary(), "serve", "--config", folder.path() / "vcare.toml"});

    EXPECT_EQ(refused.exit_code, 3);
    EXPECT_THAT(refused.error, HasSubstr("key.pem is a key that others may read"));
}

}  // namespace
}  // namespace vcare::support
