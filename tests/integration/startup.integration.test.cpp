// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "support/certificates.hpp"
#include "support/demo_fixture.hpp"
#include "support/free_port.hpp"
#include "support/nats_server.hpp"
#include "support/postgres_server.hpp"
#include "support/remote_double.hpp"
#include "support/soft_hsm.hpp"

/// A service that cannot work says at the start what is wrong and where, in one line, and ends.
namespace vcare::support {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr seconds soon{5};

class Starting : public testing::Test {
  protected:
    /// `vcare serve` with these settings. What it says when it ends by itself.
    Finished serve(const std::string& settings) {
        const auto config = folder_.path() / "vcare.toml";
        write_text(config, "server.listen = \"127.0.0.1:" + std::to_string(free_port()) +
                               "\"\nserver.admin_listen = \"127.0.0.1:" + std::to_string(free_port()) +
                               "\"\n" + settings);
        const auto errors = folder_.path() / "errors";
        std::filesystem::remove(errors);
        const auto began = std::chrono::steady_clock::now();
        Process started = Process::start({vcare_binary(), "serve", "--config", config.string()},
                                         {.standard_error = errors});
        const std::optional<int> code = started.wait(seconds{60});
        EXPECT_TRUE(code) << "it runs";
        EXPECT_LT(std::chrono::steady_clock::now() - began, soon);
        return {code.value_or(-1), {}, read_text(errors)};
    }
    void expect_refusal(const std::string& settings, const std::string& what, int code = 3) {
        SCOPED_TRACE(what);
        const Finished refused = serve(settings);
        EXPECT_EQ(refused.exit_code, code);
        // What a dependency said on the way is in the log before it, a line of JSON each.
        const std::size_t said = refused.error.find("vcare: ");
        ASSERT_NE(said, std::string::npos) << refused.error;
        EXPECT_TRUE(said == 0 || refused.error.starts_with("{")) << refused.error;
        const std::string line = refused.error.substr(said);
        EXPECT_THAT(line, AllOf(HasSubstr(what), EndsWith("\n")));
        EXPECT_EQ(std::ranges::count(line, '\n'), 1) << refused.error;
    }

    TempFolder folder_;
};

class StartingOnPostgres : public Starting {
  protected:
    StartingOnPostgres() {
        server_.create_database("clinic");
        migrate();
        server_.let_service_in();
    }
    void migrate() {
        const auto config = folder_.path() / "empty.toml";
        write_text(config, "");
        const Finished migrated = run({vcare_binary(), "migrate", "--config", config.string()},
                                      {{"VCARE_STORE_URL", server_.owner_url("clinic")}});
        ASSERT_EQ(migrated.exit_code, 0) << migrated.error;
    }
    [[nodiscard]] std::string store(const std::string& more = {}) const {
        return "store.url = \"" + server_.service_url("clinic") + more + "\"\n";
    }

    PostgresServer server_;
};

TEST_F(StartingOnPostgres, says_who_does_not_answer_or_does_not_let_it_in) {
    const std::string port = std::to_string(free_port());
    expect_refusal("store.url = \"postgresql://service@127.0.0.1:" + port + "/clinic\"\n", "port " + port);
    expect_refusal(
        "store.url = \"postgresql://service@127.0.0.1:" + std::to_string(server_.port()) + "/another\"\n",
        R"(database "another" does not exist)");
    expect_refusal(
        "store.url = \"postgresql://nobody@127.0.0.1:" + std::to_string(server_.port()) + "/clinic\"\n",
        R"(role "nobody" does not exist)");
}

TEST_F(StartingOnPostgres, trusts_no_server_that_nobody_it_knows_vouches_for) {
    const Certificate shown = Authority{}.issue("IP:127.0.0.1");
    const auto put = [&](const std::string& file, const std::string& pem) {
        server_.run("clinic", "COPY (SELECT unnest(string_to_array('" + pem +
                                  "', E'\\n'))) TO PROGRAM 'umask 077; cat >" + file + "'");
    };
    put("server.crt", shown.chain);
    put("server.key", shown.key);
    server_.run("clinic", "ALTER SYSTEM SET ssl = on");
    server_.stop();
    server_.start();
    write_text(folder_.path() / "others.pem", Authority{}.certificate());

    expect_refusal(store("?sslmode=verify-full&sslrootcert=" + (folder_.path() / "others.pem").string()),
                   "certificate verify failed");
}

TEST_F(StartingOnPostgres, works_with_no_schema_but_its_own) {
    server_.run("clinic", "INSERT INTO schema_migrations VALUES (9999, 'of a release to come')");
    expect_refusal(store(), "its schema is newer than this program; use the release that wrote it");

    server_.run("clinic", "DELETE FROM schema_migrations WHERE number > 3");
    expect_refusal(store(), "its schema is older than this program; run vcare migrate");
}

TEST_F(StartingOnPostgres, takes_on_no_role_that_sees_past_the_walls) {
    server_.run("clinic", "ALTER ROLE vcare_app BYPASSRLS");
    expect_refusal(store(), "row-level security does not hold the service's role");

    server_.run("clinic", "ALTER ROLE vcare_app NOBYPASSRLS; REVOKE vcare_worker FROM service");
    expect_refusal(store(), R"(permission denied to set role "vcare_worker")");
}

TEST_F(StartingOnPostgres, takes_no_login_that_can_step_past_the_walls) {
    server_.run("clinic", "ALTER ROLE service BYPASSRLS");
    expect_refusal(store(), "row-level security does not hold the login service");

    server_.run("clinic", "ALTER ROLE service NOBYPASSRLS SUPERUSER");
    expect_refusal(store(), "it must be neither superuser nor BYPASSRLS");
}

TEST_F(StartingOnPostgres, does_not_go_by_a_clock_that_is_minutes_off) {
    // The server's clock is the test's; what the service asks it for is put in front of the real answer.
    server_.run("clinic",
                "CREATE SCHEMA wrong; GRANT USAGE ON SCHEMA wrong TO PUBLIC;"
                "CREATE FUNCTION wrong.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS"
                " $$ SELECT pg_catalog.clock_timestamp() + interval '3 minutes' $$;"
                "ALTER ROLE service SET search_path = wrong, public, pg_catalog");

    expect_refusal(store(), "its clock is 180 s ahead of this machine's; keep both synchronised (NTP)");
}

class StartingOnNats : public Starting {
  protected:
    static std::string events(const NatsServer& server, const std::string& more = {}) {
        return "events.url = \"" + server.url() + "\"\n" + more;
    }
};

TEST_F(StartingOnNats, says_that_its_login_is_refused) {
    const NatsServer server{{.user = "vcare", .password = "right"}};

    expect_refusal(events(server, "events.user = \"vcare\"\nevents.password = \"wrong\"\n"),
                   "NATS: the server does not let this service in");
    expect_refusal(events(server), "look at events.user, events.password and events.credentials_file");
}

TEST_F(StartingOnNats, trusts_no_server_that_nobody_it_knows_vouches_for) {
    const NatsServer server{{.certificate = Authority{}.issue("IP:127.0.0.1")}};
    write_text(folder_.path() / "others.pem", Authority{}.certificate());

    expect_refusal(events(server, "events.ca_file = \"others.pem\"\n"), "NATS: no TLS with the server");
    const NatsServer plain;
    expect_refusal("events.url = \"tls://" + plain.url().substr(std::string{"nats://"}.size()) + "\"\n",
                   "look at events.url and events.ca_file");
}

TEST_F(StartingOnNats, says_which_rights_its_login_lacks) {
    const NatsServer server{{.more = R"(authorization { users = [
        { user: "tester", password: "t" },
        { user: "vcare", password: "v",
          permissions: { publish: ["virtual_care.>"], subscribe: ["_INBOX.>", "vcare_live"] } } ] }
no_auth_user: "tester"
)"}};

    expect_refusal(events(server, "events.user = \"vcare\"\nevents.password = \"v\"\n"),
                   "let it publish to $JS.API.STREAM.INFO.VIRTUAL_CARE");
}

/// What any owner of consents, server of the record or provider of identities may say to a stranger.
RemoteDouble::Respond says(int status) {
    return [status](const Received&) { return json_reply(status, "{}"); };
}

TEST_F(Starting, says_of_every_service_outside_that_refuses_it_which_and_why_one_line_each) {
    const RemoteDouble consent{says(401)};
    const RemoteDouble record{says(403)};
    const RemoteDouble provider{says(404)};

    const Finished refused = serve("consent.url = \"" + consent.url() + "/v1\"\nfhir.url = \"" +
                                   record.url() + "/fhir\"\nidentity.issuer = \"" + provider.url() + "\"\n");

    EXPECT_EQ(refused.exit_code, 3);
    EXPECT_THAT(
        refused.error,
        AllOf(HasSubstr("vcare: consent " + consent.url() +
                        "/v1: it does not let this service in (not_allowed); look at consent.token\n"),
              HasSubstr("vcare: fhir " + record.url() +
                        "/fhir: it does not let this service in (not_allowed); look at fhir.token\n"),
              HasSubstr(
                  "vcare: identity " + provider.url() +
                  ": there is nothing of the kind at this address (not_found); look at identity.issuer")));
}

TEST_F(Starting, says_which_certificate_it_does_not_trust_and_why) {
    const Authority hospital;
    write_text(folder_.path() / "hospital.pem", hospital.certificate());
    for (const auto& [shown, word] :
         {std::pair{Authority{}.issue("IP:127.0.0.1"), "certificate_unknown_authority"},
          std::pair{hospital.issue("DNS:consent.elsewhere.example"), "certificate_wrong_host"},
          std::pair{hospital.issue("IP:127.0.0.1", 0), "certificate_expired"}}) {
        const RemoteDouble owner{says(200), shown};
        expect_refusal("consent.url = \"" + owner.url() + "\"\nconsent.ca_file = \"hospital.pem\"\n", word);
    }
}

TEST_F(Starting, says_that_vault_takes_no_such_token) {
    const RemoteDouble vault{says(403)};
    const auto token = folder_.path() / "token";
    write_text(token, "hvs.wrong");
    std::filesystem::permissions(token, std::filesystem::perms::owner_read);
    const auto keys = "identity.embedded_keys = \"file:issuer\"\nkeys.url = \"vault:" + vault.url() +
                      "\"\nkeys.token = \"file:token\"\n";

    expect_refusal(keys, "it does not let this service in (not_allowed); look at keys.token");
}

TEST_F(Starting, waits_for_a_service_outside_that_is_away_and_says_so_once) {
    const RemoteDouble ill{says(503)};
    const RemoteDouble silent{[](const Received&) { return silence(); }};
    const Server server{folder_.path(), "consent.url = \"" + ill.url() + "\"\nfhir.url = \"" + silent.url() +
                                            "\"\nidentity.patients.issuer = \"http://127.0.0.1:1\"\n"};

    const std::string log = server.log();
    for (const std::string& line :
         {"consent " + ill.url() + ": server_error", "fhir " + silent.url() + ": timed_out",
          std::string{"identity_patients http://127.0.0.1:1: refused"}})
        EXPECT_THAT(log, AllOf(HasSubstr("dependency.away"), HasSubstr(line)));
}

TEST_F(Starting, says_nothing_on_its_standard_output) {
    Server server{folder_.path()};

    EXPECT_EQ(server.terminate(), 0);

    EXPECT_EQ(server.process().read_rest(), "");
}

TEST_F(Starting, looks_at_a_secrets_place_before_at_the_secret) {
    const auto secret = folder_.path() / "password";
    write_text(secret, "hunter2");
    std::filesystem::permissions(secret, std::filesystem::perms::all);
    const Finished open_to_all = serve(
        "events.url = \"nats://127.0.0.1:1\"\nevents.user = \"vcare\"\n"
        "events.password = \"file:password\"\n");
    EXPECT_EQ(open_to_all.exit_code, 2) << open_to_all.error;
    EXPECT_THAT(open_to_all.error, HasSubstr("vcare.toml:5: events.password: "));

    const Finished in_the_file = serve("production = true\nconsent.token = \"hunter2\"\n");
    EXPECT_EQ(in_the_file.exit_code, 2);
    EXPECT_THAT(in_the_file.error,
                AllOf(HasSubstr("vcare.toml:4: consent.token: "), testing::Not(HasSubstr("hunter2"))));
}

/// What `vcare config check --online` says of each, whatever the others do.
class CheckingOnline : public Starting {
  protected:
    /// Name, and then state and detail.
    std::map<std::string, std::string> check(const std::string& settings, int code = 3) {
        const auto config = folder_.path() / "vcare.toml";
        write_text(config, settings);
        const Finished checked =
            run({vcare_binary(), "config", "check", "--online", "--json", "--config", config.string()});
        EXPECT_EQ(checked.exit_code, code) << checked.error;
        std::map<std::string, std::string> states;
        const auto answer = boost::json::parse(checked.output);
        for (const auto& one : answer.at("dependencies").as_array())
            states[at(one, "/name")] = at(one, "/state") + " " + at(one, "/detail");
        return states;
    }
    [[nodiscard]] std::string secret(const std::string& name, const std::string& text) const {
        write_text(folder_.path() / name, text);
        std::filesystem::permissions(folder_.path() / name, std::filesystem::perms::owner_read);
        return "\"file:" + name + "\"\n";
    }

    RemoteDouble record_{says(200)};
    const std::string record_there_ = "fhir.url = \"" + record_.url() + "\"\n";
};

TEST_F(CheckingOnline, tells_of_a_database_that_is_away_or_refuses_and_asks_the_others_all_the_same) {
    const std::string port = std::to_string(free_port());
    auto states = check(record_there_ + "store.url = \"postgresql://u@127.0.0.1:" + port + "/c\"\n");
    EXPECT_THAT(states.at("store"), AllOf(StartsWith("away PostgreSQL: "), HasSubstr("port " + port)));
    EXPECT_EQ(states.at("fhir"), "up ");
    EXPECT_EQ(states.at("video"), "up ");

    const PostgresServer database;
    states = check(record_there_ + "store.url = \"postgresql://nobody@127.0.0.1:" +
                   std::to_string(database.port()) + "/template1\"\n");
    EXPECT_THAT(states.at("store"), HasSubstr(R"(role "nobody" does not exist)"));
    EXPECT_EQ(states.at("fhir"), "up ");
}

TEST_F(CheckingOnline, tells_of_keys_that_it_is_not_let_in_to) {
    const SoftHsm hsm;
    hsm.enter();
    const std::string own = record_there_ + "identity.embedded_keys = \"file:issuer\"\n";
    auto states =
        check(own + "keys.url = \"" + SoftHsm::uri() + "\"\nkeys.pin = " + secret("pin", "wrong-1"));
    EXPECT_EQ(states.at("keys"), "away pin_refused");
    EXPECT_EQ(states.at("fhir"), "up ");

    const RemoteDouble vault{says(403)};
    states =
        check(own + "keys.url = \"vault:" + vault.url() + "\"\nkeys.token = " + secret("token", "wrong"));
    EXPECT_EQ(states.at("keys"), "away not_allowed");
    EXPECT_EQ(states.at("fhir"), "up ");
}

TEST_F(CheckingOnline, tells_a_wrong_credential_from_a_wrong_path_and_both_from_a_service_that_is_there) {
    RemoteDouble owner{says(401)};
    const std::string consent = "consent.url = \"" + owner.url() + "\"\n";
    for (const auto& [status, state] :
         {std::pair{401, "away not_allowed"}, std::pair{403, "away not_allowed"},
          std::pair{404, "away not_found"}, std::pair{503, "away server_error"}}) {
        owner.respond(says(status));
        EXPECT_EQ(check(consent).at("consent"), state);
    }
    record_.respond(says(403));
    EXPECT_EQ(check(record_there_).at("fhir"), "away not_allowed");
    const auto smart = record_there_ + "fhir.smart_token_url = \"" + record_.url() +
                       "/token\"\nfhir.smart_client_id = \"a\"\nfhir.smart_key_id = \"k\"\n";
    const auto states = check(smart + "fhir.smart_key_file = \"not-there.pem\"\n" + consent);
    EXPECT_THAT(states.at("fhir"), HasSubstr("cannot read "));
    EXPECT_EQ(states.at("consent"), "away server_error");
    EXPECT_EQ(check("telemetry.otlp_url = \"" + record_.url() + "\"\n").at("traces"), "away not_allowed");
}

TEST_F(CheckingOnline, tells_of_a_broker_that_refuses_and_of_a_stream_that_cannot_be_shared) {
    const NatsServer guarded{{.user = "vcare", .password = "right"}};
    auto states = check(record_there_ + "events.url = \"" + guarded.url() + "\"\n");
    EXPECT_THAT(states.at("broker"), HasSubstr("the server does not let this service in"));
    EXPECT_EQ(states.at("fhir"), "up ");

    const NatsServer broker;
    broker.make_stream_of_others("SCHEDULING", "scheduling", "workqueue");
    states = check(record_there_ + "events.url = \"" + broker.url() + "\"\n");
    EXPECT_EQ(states.at("broker"), "up ");
    EXPECT_THAT(states.at("inbox"), AllOf(StartsWith("away "), HasSubstr("SCHEDULING")));
}

}  // namespace
}  // namespace vcare::support
