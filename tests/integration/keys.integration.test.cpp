// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "support/demo_fixture.hpp"
#include "support/soft_hsm.hpp"
#include "support/store_of_test.hpp"
#include "unit/adapters/keys/vault_double.hpp"

namespace vcare::support {
namespace {

using testing::HasSubstr;

const std::string api{base_path};

/// `vcare serve` with its keys at a service.
class KeysAtAService : public testing::Test {
  protected:
    KeysAtAService() { std::filesystem::create_directories(folder_.path() / "data"); }
    /// `keys`: the settings of that section.
    void serve(const std::string& keys) {
        const std::string keys_of_issuer = (folder_.path() / "issuer").string();
        const std::string more = "identity.embedded_keys = \"file:" + keys_of_issuer + "\"\n[keys]\n" + keys;
        server_ = std::make_unique<Server>(folder_.path() / "data", more);
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

    /// A file that only its owner may read.
    std::string secret_in_file(const std::string& name, const std::string& secret) {
        const std::filesystem::path file = folder_.path() / name;
        write_text(file, secret + "\n");
        std::filesystem::permissions(file, std::filesystem::perms{0600});
        return "\"file:" + file.string() + "\"\n";
    }

    TempFolder folder_;
    std::unique_ptr<Server> server_;
    std::unique_ptr<HttpClient> client_;
};

class KeysOnAToken : public KeysAtAService {
  protected:
    KeysOnAToken() { hsm_.enter(); }
    void start() { serve(settings()); }
    std::string settings() {
        return "url = \"" + SoftHsm::uri() + "\"\npin = " + secret_in_file("pin", SoftHsm::pin());
    }

    SoftHsm hsm_;
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

TEST_F(KeysOnAToken, of_one_tenant_open_nothing_of_another) {
    start();
    const auto book_for_a_cough = [&](const std::string& tenant, const std::string& patient) {
        (void)booked(tenant, patient);  // with the consent
        return client_
            ->post(api + "/sessions",
                   {{"patientId", patient},
                    {"scheduledStart", minutes_from_now(5)},
                    {"reasonForVisit", "a cough"}},
                   doctor(tenant))
            .at("/id");
    };
    const std::string of_hill = book_for_a_cough("hill", "patient-1");
    const std::string of_lake = book_for_a_cough("lake", "patient-2");
    ASSERT_EQ(server_->terminate(), 0);

    // Somebody at the database gives the one the other's key, wrapped as it is.
    change_stored(server_->data(),
                  "UPDATE tenant_keys SET wrapped = (SELECT h.wrapped FROM tenant_keys h"
                  " WHERE h.tenant_id = 'hill' AND h.purpose = tenant_keys.purpose"
                  " AND h.version = tenant_keys.version) WHERE tenant_id = 'lake'");
    server_->start();
    *client_ = server_->client();

    const HttpResponse read = client_->get(api + "/sessions/" + of_lake, doctor("lake"));
    EXPECT_GE(read.status, 500) << read.body;
    EXPECT_THAT(read.body, testing::Not(HasSubstr("a cough")));
    EXPECT_EQ(client_->get(api + "/sessions/" + of_hill, doctor("hill")).at("/reasonForVisit"), "a cough");
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

TEST_F(KeysOnAToken, are_copied_with_the_store_and_useless_without_the_token) {
    start();
    const HttpResponse issued = issue("hill", booked("hill", "patient-1"));
    ASSERT_EQ(issued.status, 200);
    const std::filesystem::path copy = folder_.path() / "copy";

    const Finished backup = server_->command({"backup", "--to", copy.string()});
    const bool is_in_a_file = store_environment(folder_.path() / "data").empty();
    EXPECT_EQ(backup.exit_code, is_in_a_file ? 0 : 2) << backup.error;
    if (!is_in_a_file) return;
    server_->kill();
    for (const char* const name : {"vcare.db", "vcare.db-wal", "vcare.db-shm"})
        std::filesystem::remove(server_->data() / name);
    ASSERT_EQ(server_->command({"restore", "--from", copy.string()}).exit_code, 0);

    server_->start();
    *client_ = server_->client();
    EXPECT_EQ(join_with(issued.at("/token"), "key-1").status, 200);
}

TEST_F(KeysOnAToken, that_was_taken_out_leave_no_half_of_a_visit_behind) {
    start();
    const Headers staff = doctor("hill");
    give_consent(*client_, staff, "patient-1");
    const boost::json::object visit = {
        {"patientId", "patient-1"}, {"scheduledStart", minutes_from_now(5)}, {"reasonForVisit", "cough"}};
    hsm_.remove();

    const HttpResponse refused = client_->post(api + "/sessions", visit, staff);
    EXPECT_EQ(refused.status, 503) << refused.body;
    EXPECT_EQ(refused.code(), "KEY_SERVICE_UNAVAILABLE");
    EXPECT_FALSE(refused.header("Retry-After").empty());
    EXPECT_EQ(client_->get(api + "/sessions", staff).body, R"({"items":[]})");

    hsm_.put_back();
    ASSERT_TRUE(sees_keys("up"));
    EXPECT_EQ(client_->post(api + "/sessions", visit, staff).status, 201);
}

TEST_F(KeysOnAToken, that_were_rotated_open_what_was_sealed_before) {
    start();
    const Headers staff = doctor("hill");
    give_consent(*client_, staff, "patient-1");
    const BookedVisit before = book(*client_, staff, "patient-1", R"({"reasonForVisit": "cough"})");
    ASSERT_EQ(server_->command({"keys", "rotate", "--tenant", "hill"}).exit_code, 0);
    server_->kill();
    server_->start();
    *client_ = server_->client();

    const BookedVisit after = book(*client_, staff, "patient-1", R"({"reasonForVisit": "fever"})");
    EXPECT_EQ(client_->get(api + "/sessions/" + before.session, staff).at("/reasonForVisit"), "cough");
    EXPECT_EQ(client_->get(api + "/sessions/" + after.session, staff).at("/reasonForVisit"), "fever");
    const std::string stored = stored_bytes(server_->data());
    EXPECT_THAT(stored, testing::AllOf(HasSubstr("phi.1."), HasSubstr("phi.2.")));
}

/// The same with the other service, played by a double that keeps to its published API.
class KeysInVault : public KeysAtAService {
  protected:
    void start() {
        serve("url = \"vault:" + vault_.url() + "\"\nvault_mount = \"clinics/transit\"\ntoken = " +
              secret_in_file("token", std::string{tests::VaultDouble::token}));
    }

    tests::VaultDouble vault_;
};

TEST_F(KeysInVault, serve_known_tenants_while_it_is_sealed_and_all_of_them_afterwards) {
    start();
    const BookedVisit known = booked("hill", "patient-1");
    const BookedVisit other = booked("lake", "patient-2");
    const HttpResponse issued = issue("hill", known);
    ASSERT_EQ(issued.status, 200) << issued.body;
    EXPECT_EQ(join_with(issued.at("/token"), "key-1").status, 200);

    vault_.is_sealed = true;
    EXPECT_EQ(issue("hill", booked("hill", "patient-3")).status, 200);
    EXPECT_EQ(issue("lake", other).code(), "KEY_SERVICE_UNAVAILABLE");
    EXPECT_TRUE(sees_keys("degraded"));

    vault_.is_sealed = false;
    EXPECT_EQ(issue_when_keys_are_back("lake", other).status, 200);
    EXPECT_EQ(server_->command({"keys", "rotate"}).exit_code, 0);
    EXPECT_EQ(server_->command({"audit", "verify"}).exit_code, 0);
    EXPECT_EQ(server_->log().find(tests::VaultDouble::token), std::string::npos);
}

}  // namespace
}  // namespace vcare::support
