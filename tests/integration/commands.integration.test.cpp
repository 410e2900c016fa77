// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <map>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/json/parse.hpp>

#include "support/event_ledger.hpp"
#include "support/remote_double.hpp"
#include "support/shared_demo.hpp"

namespace vcare::support {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const std::string api{base_path};

class Commands : public SharedDemo {
  protected:
    static Finished vcare(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), vcare_binary());
        return run(arguments);
    }
    static boost::json::value json_of(const Finished& finished) {
        return boost::json::parse(finished.output);
    }

    TempFolder scratch_;
};

TEST_F(Commands, config_check_names_each_planted_problem_with_its_line_and_ends_with_2) {
    const auto file = scratch_.path() / "planted.toml";
    write_text(file,
               "production = true\n[server]\nlisten = \"nowhere\"\nlistem = \"127.0.0.1:1\"\n"
               "[sweeper]\ninterval_seconds = 99\n");

    const Finished checked = vcare({"config", "check", "--config", file.string()});

    EXPECT_EQ(checked.exit_code, 2);
    EXPECT_THAT(checked.output, IsEmpty());
    EXPECT_THAT(
        checked.error,
        AllOf(HasSubstr(file.string() + ":3: server.listen: "),
              HasSubstr(file.string() + ":4: server.listem: is no setting, the nearest is server.listen"),
              HasSubstr(file.string() + ":6: sweeper.interval_seconds: is out of range"),
              HasSubstr(file.string() + ":1: identity.issuer: production refuses")));
}

TEST_F(Commands, config_check_answers_in_json_on_standard_output) {
    const auto file = scratch_.path() / "planted.toml";
    write_text(file, "[log]\nlevel = \"loud\"\n");

    const Finished checked = vcare({"config", "check", "--json", "--config", file.string()});

    EXPECT_EQ(checked.exit_code, 2);
    EXPECT_THAT(checked.error, IsEmpty());
    EXPECT_EQ(at(json_of(checked), "/valid"), "false");
    EXPECT_EQ(at(json_of(checked), "/problems/0/where"), file.string() + ":2");
    EXPECT_EQ(at(json_of(checked), "/problems/0/key"), "log.level");
}

TEST_F(Commands, config_check_is_content_with_what_the_demo_wrote) {
    EXPECT_EQ(demo_->command({"config", "check"}).exit_code, 0);
}

TEST_F(Commands, config_check_online_asks_everything_and_says_what_is_away) {
    const auto file = scratch_.path() / "online.toml";
    const RemoteDouble record{[](const Received& received) {
        return json_reply(received.target == "/fhir/metadata" ? 200 : 404, "{}");
    }};
    const std::string settings =
        "store.url = \"sqlite:online.db\"\nfhir.url = \"" + record.url() + "/fhir\"\n";
    write_text(file, settings);
    ASSERT_EQ(vcare({"migrate", "--config", file.string()}).exit_code, 0);

    const Finished all_there = vcare({"config", "check", "--online", "--config", file.string()});
    EXPECT_EQ(all_there.exit_code, 0) << all_there.error;
    EXPECT_THAT(all_there.output, AllOf(HasSubstr("store "), HasSubstr("fhir  "), Not(HasSubstr("away"))));

    write_text(file,
               settings + "consent.url = \"http://127.0.0.1:1/v1\"\nevents.url = \"nats://127.0.0.1:1\"\n");
    const Finished some_away = vcare({"config", "check", "--online", "--json", "--config", file.string()});
    EXPECT_EQ(some_away.exit_code, 3);
    std::map<std::string, std::string> states;
    for (const auto& one : json_of(some_away).at("dependencies").as_array())
        states[at(one, "/name")] = at(one, "/state") + " " + at(one, "/detail");
    EXPECT_EQ(states.at("store"), "up ");
    EXPECT_EQ(states.at("fhir"), "up ");
    EXPECT_EQ(states.at("consent"), "away refused");
    EXPECT_THAT(states.at("broker"), HasSubstr("away"));
}

/// The configuration that a page of the documentation shows.
std::string configuration_in(const std::string& page) {
    const std::string text = read_text(page);
    const std::string_view fence = "```toml\n";
    const auto begin = text.find(fence) + fence.size();
    return text.substr(begin, text.find("```", begin) - begin);
}

TEST_F(Commands, config_check_is_content_with_the_production_that_the_documentation_shows) {
    const auto file = scratch_.path() / "production.toml";
    write_text(file, configuration_in("docs/production.md"));
    for (const char* secret : {"pin", "consent-token", "turn-secret", "fhir-key.pem"}) {
        write_text(scratch_.path() / secret, "1234\n");
        std::filesystem::permissions(scratch_.path() / secret, std::filesystem::perms::owner_read);
    }

    const Finished checked = vcare({"config", "check", "--config", file.string()});

    EXPECT_EQ(checked.exit_code, 0) << checked.error;
    const Finished token = vcare(
        {"token", "staff", "--config", file.string(), "--tenant", "t", "--sub", "s", "--role", "clinician"});
    EXPECT_EQ(token.exit_code, 1) << "production has an issuer of its own";
}

TEST_F(Commands, serve_refuses_what_config_check_refuses) {
    const auto file = scratch_.path() / "planted.toml";
    write_text(file, "production = true\n");

    const Finished served = vcare({"serve", "--config", file.string()});

    EXPECT_EQ(served.exit_code, 2);
    EXPECT_THAT(served.error, HasSubstr("keys.url: production refuses"));
}

TEST_F(Commands, config_schema_is_the_documented_table) {
    const Finished schema = vcare({"config", "schema", "--markdown"});

    EXPECT_EQ(schema.exit_code, 0);
    EXPECT_THAT(read_text("docs/configuration.md"), HasSubstr(schema.output));
    EXPECT_GT(json_of(vcare({"config", "schema", "--json"})).as_array().size(), 20u);
}

TEST_F(Commands, token_staff_makes_a_bearer_that_the_service_believes) {
    const Headers nurse = demo_->token(demo_->tenant(), "nurse-7", {"nurse_practitioner"});
    EXPECT_EQ(client_.get(api + "/sessions", nurse).status, 200);

    const Finished told = demo_->command(
        {"token", "staff", "--tenant", "t", "--sub", "u", "--role", "clinician", "--ttl", "60", "--json"});
    EXPECT_EQ(told.exit_code, 0);
    EXPECT_FALSE(at(json_of(told), "/token").empty());
    EXPECT_FALSE(at(json_of(told), "/expiresAt").empty());
}

TEST_F(Commands, token_staff_refuses_words_it_does_not_know) {
    const Finished role =
        demo_->command({"token", "staff", "--tenant", "t", "--sub", "u", "--role", "wizard"});
    EXPECT_EQ(role.exit_code, 2);
    EXPECT_THAT(role.error, HasSubstr("wizard"));
    EXPECT_EQ(
        demo_->command({"token", "staff", "--tenant", "a b", "--sub", "u", "--role", "clinician"}).exit_code,
        2);
    EXPECT_EQ(demo_
                  ->command({"token", "staff", "--tenant", "t", "--sub", "u", "--role", "clinician",
                             "--scope", "everything"})
                  .exit_code,
              2);
}

TEST_F(Commands, link_voids_the_one_before_and_opens_the_visit) {
    give_consent(client_, doctor_, "patient-link");
    const BookedVisit visit = book(client_, doctor_, "patient-link");
    const std::string before = link_code(client_, doctor_, visit.session, visit.patient);

    const Finished made = demo_->command(
        {"link", "--tenant", demo_->tenant(), "--session", visit.session, "--participant", visit.patient});

    ASSERT_EQ(made.exit_code, 0) << made.error;
    EXPECT_EQ(join(client_, before).code(), "TOKEN_INVALID");
    std::string code = made.output.substr(made.output.find('#') + 1);
    code.erase(code.find_last_not_of('\n') + 1);
    EXPECT_EQ(join(client_, code).status, 200);
}

TEST_F(Commands, link_for_nobody_fails_with_1) {
    const Finished made =
        demo_->command({"link", "--tenant", demo_->tenant(), "--session", "vsn_01ARZ3NDEKTSV4RRFFQ69G5FAV",
                        "--participant", "vsp_01ARZ3NDEKTSV4RRFFQ69G5FAV"});

    EXPECT_EQ(made.exit_code, 1);
    EXPECT_THAT(made.output, IsEmpty());
    EXPECT_THAT(made.error, HasSubstr("There is no such visit"));
}

TEST_F(Commands, tenants_can_be_added_listed_suspended_and_let_go_on) {
    EXPECT_EQ(demo_->command({"tenant", "add", "north"}).exit_code, 0);
    EXPECT_EQ(demo_->command({"tenant", "add", "north"}).exit_code, 0);  // it is there: fine
    const Finished listed = demo_->command({"tenant", "list"});
    EXPECT_THAT(listed.output, AllOf(HasSubstr("north  since"), HasSubstr("demo-clinic  since")));

    const Headers staff = demo_->token("north", "dr-north", {"clinician"});
    give_consent(client_, staff, "p");
    const boost::json::object visit{{"patientId", "p"}, {"scheduledStart", minutes_from_now(5)}};
    EXPECT_EQ(demo_->command({"tenant", "suspend", "north"}).exit_code, 0);
    const auto books = [&] { return client_.post(api + "/sessions", visit, staff); };
    EXPECT_TRUE(becomes_true([&] { return books().code() == "MODULE_NOT_LICENSED"; }));
    EXPECT_EQ(client_.get(api + "/sessions", staff).status, 200);

    EXPECT_EQ(demo_->command({"tenant", "suspend", "north", "--resume"}).exit_code, 0);
    EXPECT_TRUE(becomes_true([&] { return books().status == 201; }));
    EXPECT_EQ(demo_->command({"tenant", "suspend", "nobody"}).exit_code, 1);
}

TEST_F(Commands, audit_verify_says_how_much_it_looked_at) {
    const Finished checked = demo_->command({"audit", "verify", "--json"});

    EXPECT_EQ(checked.exit_code, 0);
    EXPECT_EQ(at(json_of(checked), "/intact"), "true");
    EXPECT_EQ(demo_->command({"audit", "verify", "--tenant", "nobody"}).exit_code, 1);
}

TEST_F(Commands, inbox_takes_lists_and_shows_its_mappings) {
    const auto file = demo_->data() / "told.ndjson";
    write_text(file, "{ no json\n");
    const Finished taken = demo_->command({"inbox", "take", file.string(), "--json"});
    EXPECT_EQ(taken.exit_code, 1);
    EXPECT_EQ(at(json_of(taken), "/refused"), "1");
    EXPECT_NE(taken.error.find("told.ndjson:1: is no JSON"), std::string::npos) << taken.error;
    const Finished listed = demo_->command({"inbox", "list", "--json"});
    EXPECT_EQ(at(json_of(listed), "/0/state"), "dead");
    EXPECT_EQ(at(json_of(demo_->command({"inbox", "replay", "--json"})), "/replayed"), "1");
    EXPECT_EQ(demo_->command({"inbox", "replay", "--message", "nothing:1"}).exit_code, 1);
    EXPECT_EQ(demo_->command({"inbox", "take", "nowhere.ndjson"}).exit_code, 2);
    EXPECT_EQ(demo_->command({"inbox", "mapping", "plain"}).exit_code, 0);
    EXPECT_EQ(demo_->command({"inbox", "mapping", "other"}).exit_code, 2);
}

TEST_F(Commands, audit_export_is_one_fhir_audit_event_a_line) {
    give_consent(client_, doctor_, "patient-export");

    const Finished exported = demo_->command({"audit", "export", "--tenant", demo_->tenant()});

    ASSERT_EQ(exported.exit_code, 0) << exported.error;
    std::istringstream lines{exported.output};
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        const boost::json::value event = boost::json::parse(line);
        EXPECT_EQ(at(event, "/resourceType"), "AuditEvent");
        EXPECT_THAT(at(event, "/id"), StartsWith("aud-"));
        EXPECT_FALSE(at(event, "/recorded").empty());
        EXPECT_FALSE(at(event, "/agent/0/requestor").empty());
    }
    EXPECT_GT(count, 3);
    EXPECT_EQ(
        demo_->command({"audit", "export", "--tenant", demo_->tenant(), "--from", "yesterday"}).exit_code, 2);
}

TEST_F(Commands, queues_are_empty_when_everything_was_done) {
    EXPECT_EQ(json_of(demo_->command({"encounters", "list", "--json"})).as_array().size(), 0u);
    EXPECT_EQ(demo_->command({"encounters", "retry"}).exit_code, 0);
    EXPECT_EQ(
        demo_->command({"encounters", "retry", "--session", "vsn_01ARZ3NDEKTSV4RRFFQ69G5FAV"}).exit_code, 1);
    EXPECT_EQ(demo_->command({"encounters", "retry", "--session", "nonsense"}).exit_code, 2);
    EXPECT_EQ(demo_->command({"outbox", "list"}).exit_code, 0);
    EXPECT_EQ(at(json_of(demo_->command({"outbox", "replay", "--json"})), "/replayed"), "0");
    EXPECT_EQ(demo_->command({"outbox", "replay", "--event", "evt_01ARZ3NDEKTSV4RRFFQ69G5FAV"}).exit_code, 1);
    EXPECT_EQ(demo_->command({"outbox", "replay", "--event", "nonsense"}).exit_code, 2);
}

TEST_F(Commands, migrate_makes_a_store_once) {
    const auto file = scratch_.path() / "vcare.toml";
    write_text(file, "");
    const std::vector<std::string> migrate = {"migrate", "--json", "--config", file.string()};

    EXPECT_NE(at(json_of(vcare(migrate)), "/migrations"), "0");
    EXPECT_EQ(at(json_of(vcare(migrate)), "/migrations"), "0");
}

TEST_F(Commands, end_with_3_when_the_store_or_the_keys_cannot_be_used) {
    const auto file = scratch_.path() / "vcare.toml";
    write_text(file, "store.url = \"sqlite:/nowhere/at/all/vcare.db\"\n");
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"tenant", "list"}, std::vector<std::string>{"serve"},
          std::vector<std::string>{"migrate"}, std::vector<std::string>{"audit", "verify"}}) {
        std::vector<std::string> arguments = command;
        arguments.insert(arguments.end(), {"--config", file.string()});
        const Finished finished = vcare(arguments);
        EXPECT_EQ(finished.exit_code, 3) << command.front() << finished.error;
        EXPECT_THAT(finished.error, StartsWith("vcare: "));
    }

    std::filesystem::create_directory(scratch_.path() / "keys");
    ::chmod((scratch_.path() / "keys").c_str(), 0755);
    write_text(file, "");
    EXPECT_EQ(vcare({"tenant", "list", "--config", file.string()}).exit_code, 3);
}

TEST_F(Commands, serve_says_in_a_sentence_which_address_is_taken) {
    const auto file = scratch_.path() / "vcare.toml";
    write_text(file, "server.listen = \"127.0.0.1:" + std::to_string(demo_->port()) + "\"\n");

    const Finished served = vcare({"serve", "--config", file.string()});

    EXPECT_EQ(served.exit_code, 1);
    EXPECT_THAT(served.error, HasSubstr("port " + std::to_string(demo_->port())));
}

TEST_F(Commands, backup_and_restore_bring_everything_back_with_its_keys) {
    give_consent(client_, doctor_, "patient-backup");
    const BookedVisit visit = book(client_, doctor_, "patient-backup");
    const std::string code = link_code(client_, doctor_, visit.session, visit.patient);
    const auto archive = scratch_.path() / "clinic.backup";

    const Finished saved = demo_->command({"backup", "--to", archive.string()});
    ASSERT_EQ(saved.exit_code, 0) << saved.error;
    struct stat about{};
    ASSERT_EQ(::stat(archive.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0600u);
    EXPECT_EQ(demo_->command({"backup", "--to", archive.string()}).exit_code, 1);     // never replaces one
    EXPECT_EQ(demo_->command({"restore", "--from", archive.string()}).exit_code, 1);  // nor a store

    // On another machine: an empty folder, the same configuration but for the addresses.
    const auto elsewhere = scratch_.path() / "elsewhere";
    std::filesystem::create_directory(elsewhere);
    write_text(elsewhere / "vcare.toml", "");
    const Finished restored =
        vcare({"restore", "--from", archive.string(), "--config", (elsewhere / "vcare.toml").string()});
    ASSERT_EQ(restored.exit_code, 0) << restored.error;
    const Server server{elsewhere};
    HttpClient client = server.client();

    EXPECT_EQ(client.get(api + "/sessions/" + visit.session, doctor_).at("/patientId"), "patient-backup");
    EXPECT_EQ(join(client, code).status, 200);
    EXPECT_EQ(server.command({"audit", "verify"}).exit_code, 0);
}

TEST_F(Commands, restore_refuses_what_is_no_backup) {
    const auto file = scratch_.path() / "vcare.toml";
    write_text(file, "");
    write_text(scratch_.path() / "junk", std::string(4096, 'j'));

    const Finished restored =
        vcare({"restore", "--from", (scratch_.path() / "junk").string(), "--config", file.string()});

    EXPECT_EQ(restored.exit_code, 1);
    EXPECT_FALSE(std::filesystem::exists(scratch_.path() / "vcare.db"));
}

TEST_F(Commands, demo_tells_a_person_what_happens_in_plain_words) {
    std::filesystem::create_directory(scratch_.path() / "told");
    Process told = Process::start(
        {vcare_binary(), "demo", "--port", "0", "--data", (scratch_.path() / "told").string()});
    std::string text;
    while (text.find("stop with Ctrl-C") == std::string::npos) {
        const auto line = told.read_line(seconds{120});
        ASSERT_TRUE(line.has_value()) << text;
        text += *line + "\n";
    }
    EXPECT_THAT(text, AllOf(HasSubstr("Patient\n"), HasSubstr("/v/#"), HasSubstr("/provider#token=")));
    EXPECT_THAT(text, testing::Not(HasSubstr("\x1b[")));  // no colour: this is no terminal

    const std::string link = text.substr(text.find("http://"));
    const auto port = static_cast<std::uint16_t>(std::stoul(link.substr(link.find(':', 7) + 1)));
    const std::string code = link.substr(link.find('#') + 1, 22);
    HttpClient client{port};
    ASSERT_EQ(client.post(api + "/visit/preview", {{"token", code}}).at("/state"), "open");
    ASSERT_EQ(join(client, code).status, 200);
    std::string story;
    while (story.find("waiting room") == std::string::npos) {
        const auto line = told.read_line(seconds{120});
        ASSERT_TRUE(line.has_value()) << story;
        story += *line + "\n";
    }
    EXPECT_THAT(story, HasSubstr("The patient opened the link"));
    EXPECT_THAT(story, testing::ContainsRegex(
                           "[0-2][0-9]:[0-5][0-9]:[0-5][0-9]  The patient is in the waiting room"));
}

TEST_F(Commands, demo_stops_by_itself_when_told_to) {
    const Finished demo = vcare({"demo", "--json", "--port", "0", "--exit-after", "1"});

    EXPECT_EQ(demo.exit_code, 0);
    EXPECT_FALSE(at(json_of(demo), "/links/patient").empty());
}

TEST_F(Commands, version_is_told) {
    EXPECT_THAT(vcare({"--version"}).output, StartsWith("vcare "));
}

}  // namespace
}  // namespace vcare::support
