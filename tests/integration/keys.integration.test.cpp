// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "support/demo_fixture.hpp"
#include "support/soft_hsm.hpp"

namespace vcare::support {
namespace {

using testing::HasSubstr;

const std::string api{base_path};

/// `vcare serve` with its keys on a token.
class KeysOnAToken : public testing::Test {
  protected:
    KeysOnAToken() {
        hsm_.enter();
        std::filesystem::create_directories(folder_.path() / "data");
        write_text(pin_, SoftHsm::pin() + "\n");
        std::filesystem::permissions(pin_, std::filesystem::perms{0600});
    }
    void start() {
        const std::string keys_of_issuer = (folder_.path() / "issuer").string();
        server_ = std::make_unique<Server>(folder_.path() / "data",
                                           "identity.embedded_keys = \"file:" + keys_of_issuer +
                                               "\"\n[keys]\nurl = \"" + SoftHsm::uri() +
                                               "\"\npin = \"file:" + pin_.string() + "\"\n");
        for (const std::string tenant : {"hill", "lake"})
            ASSERT_EQ(server_->command({"tenant", "add", tenant}).exit_code, 0);
        client_ = std::make_unique<HttpClient>(server_->client());
    }
    Headers doctor(const std::string& tenant) { return server_->token(tenant, "dr-full", {"clinician"}); }

    BookedVisit booked(const std::string& tenant, const std::string& patient) {
        const Headers staff = doctor(tenant);
        give_consent(*client_, staff, patient);
        return book(*client_, staff, patient);
    }
    HttpResponse issue(const std::string& tenant, const BookedVisit& visit) {
        return client_->post(
            api + "/sessions/" + visit.session + "/participants/" + visit.patient + "/join-token", {},
            doctor(tenant));
    }
    /// As the page does, with a key for repeats.
    HttpResponse join_with(const std::string& token, const std::string& key) {
        return join(*client_, token, "[]", {{"Idempotency-Key", key}});
    }
    /// Nothing announces what the service sees: asked again shortly, unless it has ended.
    void pause() { EXPECT_FALSE(server_->process().wait(milliseconds{20})); }
    std::string health_of_keys() {
        const HttpResponse ready = server_->admin_client().get("/health/ready");
        const boost::json::value answer = ready.json();
        for (const auto& dependency : answer.at("dependencies").as_array())
            if (at(dependency, "/name") == "keys") return at(dependency, "/state");
        return "none: " + ready.body;
    }
    /// The service looks by itself; asked again until it has seen it.
    bool sees_keys(const std::string& state) {
        const auto deadline = std::chrono::steady_clock::now() + seconds{60};
        while (std::chrono::steady_clock::now() < deadline) {
            if (health_of_keys() == state) return true;
            pause();
        }
        return false;
    }
    HttpResponse issue_when_keys_are_back(const std::string& tenant, const BookedVisit& visit) {
        const auto deadline = std::chrono::steady_clock::now() + seconds{60};
        HttpResponse answer = issue(tenant, visit);
        while (answer.status == 503 && std::chrono::steady_clock::now() < deadline) {
            pause();
            answer = issue(tenant, visit);
        }
        return answer;
    }

    SoftHsm hsm_;
    TempFolder folder_;
    const std::filesystem::path pin_ = folder_.path() / "pin";
    std::unique_ptr<Server> server_;
    std::unique_ptr<HttpClient> client_;
};

TEST_F(KeysOnAToken, carry_a_visit_and_are_the_same_after_a_restart) {
    start();
    const BookedVisit visit = booked("hill", "patient-1");
    const HttpResponse issued = issue("hill", visit);
    ASSERT_EQ(issued.status, 200) << issued.body;
    EXPECT_EQ(health_of_keys(), "up");

    server_->kill();
    server_->start();
    *client_ = server_->client();

    const HttpResponse joined = join_with(issued.at("/token"), "key-1");
    EXPECT_EQ(joined.status, 200) << joined.body;
    EXPECT_EQ(server_->command({"audit", "verify"}).exit_code, 0);
    EXPECT_EQ(server_->terminate(), 0);
}

TEST_F(KeysOnAToken, that_was_taken_out_serve_the_tenants_they_were_unwrapped_for_and_no_others) {
    start();
    const BookedVisit known = booked("hill", "patient-1");
    const BookedVisit other = booked("lake", "patient-2");
    const HttpResponse issued = issue("hill", known);
    ASSERT_EQ(issued.status, 200) << issued.body;
    const BookedVisit second = booked("hill", "patient-3");
    ASSERT_EQ(join_with(issued.at("/token"), "key-1").status, 200);

    hsm_.remove();
    const HttpResponse issued_without = issue("hill", second);
    ASSERT_EQ(issued_without.status, 200) << issued_without.body;
    EXPECT_EQ(join_with(issued_without.at("/token"), "key-2").status, 200);
    const HttpResponse refused = issue("lake", other);
    EXPECT_EQ(refused.status, 503) << refused.body;
    EXPECT_EQ(refused.code(), "KEY_SERVICE_UNAVAILABLE");
    EXPECT_FALSE(refused.header("Retry-After").empty());
    EXPECT_TRUE(sees_keys("degraded"));
    EXPECT_THAT(server_->admin_client().get("/metrics").body,
                HasSubstr("vcare_dependency_up{dependency=\"keys\"} 0"));

    hsm_.put_back();
    EXPECT_EQ(issue_when_keys_are_back("lake", other).status, 200);
    EXPECT_TRUE(sees_keys("up"));
    EXPECT_EQ(server_->terminate(), 0);
}

TEST_F(KeysOnAToken, that_is_not_there_at_the_start_work_once_it_is) {
    start();
    const BookedVisit visit = booked("hill", "patient-1");
    const HttpResponse issued = issue("hill", visit);
    ASSERT_EQ(issued.status, 200);
    server_->kill();
    hsm_.remove();

    server_->start();
    *client_ = server_->client();
    EXPECT_EQ(join_with(issued.at("/token"), "key-1").code(), "KEY_SERVICE_UNAVAILABLE");
    EXPECT_EQ(server_->command({"keys", "rotate"}).exit_code, 3);

    hsm_.put_back();
    ASSERT_TRUE(sees_keys("up"));
    EXPECT_EQ(join_with(issued.at("/token"), "key-1").status, 200) << "a failed join uses no link up";
}

TEST_F(KeysOnAToken, honour_what_was_issued_before_a_rotation_while_the_service_runs) {
    start();
    const HttpResponse before = issue("hill", booked("hill", "patient-1"));
    const HttpResponse joined_before = issue("hill", booked("hill", "patient-2"));
    const HttpResponse credential = join_with(joined_before.at("/token"), "key-2");
    ASSERT_EQ(credential.status, 200);

    ASSERT_EQ(server_->command({"keys", "rotate", "--tenant", "hill"}).exit_code, 0);
    const Finished listed = server_->command({"keys", "list", "--tenant", "hill"});
    EXPECT_THAT(listed.output, HasSubstr("join_token  version 2"));
    EXPECT_THAT(listed.output, HasSubstr("needed until"));

    const BookedVisit visit = booked("hill", "patient-3");
    const Finished link = server_->command(
        {"link", "--tenant", "hill", "--session", visit.session, "--participant", visit.patient, "--json"});
    ASSERT_EQ(link.exit_code, 0) << link.error;
    EXPECT_EQ(join_with(before.at("/token"), "key-1").status, 200);
    EXPECT_EQ(join_with(at(boost::json::parse(link.output), "/token"), "key-3").status, 200)
        << "a version that this replica has not seen yet";
    const HttpResponse repeated = join_with(joined_before.at("/token"), "key-2");
    EXPECT_EQ(repeated.status, 200) << repeated.body;
    EXPECT_EQ(repeated.at("/credential"), credential.at("/credential"));
}

}  // namespace
}  // namespace vcare::support
