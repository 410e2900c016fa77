// SPDX-License-Identifier: Apache-2.0
#include "main/settings_file.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace vcare::program {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

/// A configuration file in a folder of its own, gone at the end of the test.
class ConfigFolder {
  public:
    ConfigFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "vcare-config-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~ConfigFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    ConfigFolder(const ConfigFolder&) = delete;
    ConfigFolder& operator=(const ConfigFolder&) = delete;

    [[nodiscard]] std::filesystem::path path(const std::string& name = "vcare.toml") const {
        return folder_ / name;
    }
    void write(const std::string& text, const std::string& name = "vcare.toml") const {
        std::ofstream{path(name)} << text;
    }
    [[nodiscard]] LoadedSettings load(const Environment& environment = {}) const {
        return load_settings(path(), environment);
    }
    /// The problems with the path taken off, to compare whole lines.
    [[nodiscard]] std::vector<std::string> problems(const Environment& environment = {}) const {
        std::vector<std::string> lines;
        for (const SettingProblem& problem : load(environment).problems) {
            std::string line = to_line(problem);
            const std::string prefix = path().string() + ":";
            if (line.starts_with(prefix)) line = line.substr(prefix.size());
            lines.push_back(line);
        }
        return lines;
    }

  private:
    std::filesystem::path folder_;
};

TEST(SettingsFile, an_empty_file_means_the_embedded_defaults) {
    const ConfigFolder folder;
    folder.write("");

    const LoadedSettings loaded = folder.load();

    EXPECT_THAT(loaded.problems, IsEmpty());
    EXPECT_EQ(loaded.settings.server.listen, "127.0.0.1:3031");
    EXPECT_EQ(loaded.settings.identity.issuer, "embedded:");
    EXPECT_EQ(loaded.settings.limits.failed_joins_per_address_per_minute, 60);
}

TEST(SettingsFile, a_value_in_the_file_replaces_the_default) {
    const ConfigFolder folder;
    folder.write(
        "[server]\nlisten = \"[::]:80\"\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]\n"
        "[video.embedded]\nstun_urls = [\"stun:turn.example:3478\"]\n");

    const LoadedSettings loaded = folder.load();

    EXPECT_THAT(loaded.problems, IsEmpty());
    EXPECT_EQ(loaded.settings.server.listen, "[::]:80");
    EXPECT_THAT(loaded.settings.server.trusted_proxies, ElementsAre("10.0.0.0/8", "::1"));
    EXPECT_THAT(loaded.settings.video.embedded.stun_urls, ElementsAre("stun:turn.example:3478"));
}

TEST(SettingsFile, relative_paths_start_at_the_folder_of_the_file) {
    const ConfigFolder folder;
    folder.write("[store]\nurl = \"sqlite:data/clinic.db\"\n[keys]\nurl = \"file:/var/lib/keys\"\n");

    const LoadedSettings loaded = folder.load();

    EXPECT_EQ(loaded.settings.store.url, "sqlite:" + folder.path("data/clinic.db").string());
    EXPECT_EQ(loaded.settings.keys.url, "file:/var/lib/keys");
}

TEST(SettingsFile, the_environment_wins_over_the_file) {
    const ConfigFolder folder;
    folder.write("[log]\nlevel = \"info\"\n");

    const LoadedSettings loaded = folder.load({{"VCARE_LOG_LEVEL", "error"},
                                               {"VCARE_SWEEPER_REST_SECONDS", "0"},
                                               {"VCARE_LICENSING_UNLICENSED", "north,south"}});

    EXPECT_THAT(loaded.problems, IsEmpty());
    EXPECT_EQ(loaded.settings.log.level, "error");
    EXPECT_EQ(loaded.settings.sweeper.rest_seconds, 0);
    EXPECT_THAT(loaded.settings.licensing.unlicensed, ElementsAre("north", "south"));
}

TEST(SettingsFile, an_unknown_key_is_named_with_its_line_and_the_nearest_known_key) {
    const ConfigFolder folder;
    folder.write("[server]\n\nlistn = \"127.0.0.1:1\"\n[sever]\nlisten = \"127.0.0.1:1\"\n");

    EXPECT_THAT(folder.problems(),
                ElementsAre("3: server.listn: is no setting, the nearest is server.listen",
                            "5: sever.listen: is no setting, the nearest is server.listen"));
}

TEST(SettingsFile, a_key_like_no_other_is_told_where_the_keys_are) {
    const ConfigFolder folder;
    folder.write(
        "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz = 1\n[qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq]\n");

    EXPECT_THAT(folder.problems(),
                ElementsAre(AllOf(StartsWith("2: qqqq"), HasSubstr("vcare config schema")),
                            AllOf(StartsWith("1: zzzz"), HasSubstr("vcare config schema"))));
}

TEST(SettingsFile, every_problem_is_named_at_once) {
    const ConfigFolder folder;
    folder.write(
        "production = \"no\"\n"
        "[server]\n"
        "listen = \"localhost\"\n"
        "public_url = \"https://clinic.example/visits\"\n"
        "[log]\n"
        "level = \"loud\"\n"
        "[sweeper]\n"
        "interval_seconds = 60\n"
        "[video.embedded]\n"
        "stun_urls = [\"http://stun.example\"]\n"
        "turn_urls = [1]\n");

    EXPECT_THAT(folder.problems(),
                testing::UnorderedElementsAre(
                    "1: production: must be boolean, allowed: true or false",
                    AllOf(StartsWith("3: server.listen: has no port, allowed: address:port")),
                    StartsWith("4: server.public_url: has a path, query or fragment, allowed: "),
                    "6: log.level: is none of debug, info, warning, error, allowed: debug, info, warning or "
                    "error",
                    "8: sweeper.interval_seconds: is out of range, allowed: 1 to 15",
                    StartsWith("10: video.embedded.stun_urls: has an item that is not a STUN or TURN URL"),
                    StartsWith("11: video.embedded.turn_urls: must be list")));
}

TEST(SettingsFile, hosts_of_logos_are_hosts_and_nothing_that_could_widen_a_policy) {
    const ConfigFolder folder;
    folder.write("[branding]\nlogo_hosts = [\"cdn.example\", \"logos.example:8443\"]\n");
    EXPECT_THAT(folder.problems(), IsEmpty());
    for (const std::string_view wrong : {"https://cdn.example", "*.example", "cdn.example/a",
                                         "cdn.example; x", "CDN.example", "cdn.example:0", "", "'self'"}) {
        folder.write("[branding]\nlogo_hosts = [\"" + std::string{wrong} + "\"]\n");
        EXPECT_THAT(folder.problems(), ElementsAre(HasSubstr("branding.logo_hosts"))) << wrong;
    }
}

TEST(SettingsFile, what_this_version_does_not_have_is_refused_in_one_sentence) {
    const ConfigFolder folder;
    folder.write(
        "[store]\nurl = \"mysql://db.example/vcare\"\n[identity]\n"
        "issuer = \"http://sso.example\"\n[events]\nurl = \"kafka://broker\"\n");

    EXPECT_THAT(folder.problems(),
                testing::UnorderedElementsAre(
                    "2: store.url: is neither sqlite:PATH nor postgresql://…, "
                    "allowed: sqlite:PATH, or postgresql://USER@HOST/DATABASE as libpq takes it",
                    StartsWith("4: identity.issuer: is plain http to another machine, set https"),
                    StartsWith("6: events.url: is neither inproc: nor nats://host[:port] or tls://")));
}

TEST(SettingsFile, production_refuses_each_insecure_default_by_name) {
    const ConfigFolder folder;
    folder.write(
        "# a clinic\nproduction = true\n[video.embedded]\nturn_urls = [\"turn:turn.example\"]\n"
        "turn_secret = \"planted-secret\"\n");

    const std::vector<std::string> problems = folder.problems();

    EXPECT_THAT(problems,
                testing::UnorderedElementsAre(
                    StartsWith("2: store.url: production refuses"),
                    StartsWith("2: identity.issuer: production"), StartsWith("2: consent.url: production"),
                    StartsWith("2: fhir.url: production"), StartsWith("2: keys.url: production"),
                    StartsWith("2: notify.url: production"), StartsWith("2: server.public_url: production"),
                    StartsWith("5: video.embedded.turn_secret: production refuses a plain secret")));
    EXPECT_THAT(problems, Not(Contains(HasSubstr("planted-secret"))));
}

TEST(SettingsFile, production_is_content_when_everything_is_a_service_of_the_clinic) {
    const ConfigFolder folder;
    for (const std::string secret : {"consent-token", "fhir-token", "pin", "turn", "broker"}) {
        folder.write("secret\n", secret);
        ::chmod(folder.path(secret).c_str(), 0600);
    }
    folder.write(R"(production = true
[server]
public_url = "https://visits.clinic.example"
[store]
url = "postgresql://vcare@db.clinic.example/vcare?sslmode=verify-full&passfile=/etc/vcare/pgpass"
[events]
url = "tls://broker.clinic.example"
user = "vcare"
password = "file:broker"
[identity]
issuer = "https://id.clinic.example/realms/clinic"
audience = "virtual-care"
role_claims = ["/resource_access/virtual-care/roles"]
role_words = ["doctor=clinician", "desk=scheduler"]
scope_claim = ""
web_client_id = "vcare-pages"
[identity.patients]
issuer = "https://id.clinic.example/realms/portal"
patient_claim = "patient_id"
[consent]
url = "https://consent.clinic.example/v1"
token = "file:consent-token"
[fhir]
url = "https://ehr.clinic.example/fhir"
token = "file:fhir-token"
[keys]
url = "pkcs11:token=vcare?module-path=/usr/lib/softhsm/libsofthsm2.so"
pin = "file:pin"
[notify]
url = ""
[video.embedded]
turn_urls = ["turns:turn.clinic.example"]
turn_secret = "file:turn"
)");

    EXPECT_THAT(folder.problems(), IsEmpty());
    const Settings settings = folder.load().settings;
    EXPECT_TRUE(settings.production);
    EXPECT_THAT(settings.identity.role_words, ElementsAre("doctor=clinician", "desk=scheduler"));
    EXPECT_EQ(settings.identity.patients.patient_claim, "patient_id");
}

TEST(SettingsFile, production_wants_a_database_over_the_network_to_prove_who_it_is) {
    const ConfigFolder folder;
    const auto about_store = [&](const std::string& url) {
        folder.write("production = true\nstore.url = \"" + url + "\"\n");
        std::vector<std::string> found;
        for (const std::string& problem : folder.problems()) {
            if (problem.starts_with("2: store.url: ")) found.push_back(problem);
        }
        return found;
    };
    for (const std::string url :
         {"postgresql://u@db1:5432,db2:5432/vcare?sslmode=verify-full&target_session_attrs=read-write",
          "postgresql://u@db1/vcare?sslmode=verify-full", "postgresql://u@127.0.0.1:5432/vcare",
          "postgresql://u@localhost,[::1]/vcare", "postgresql://u@%2Frun%2Fpostgresql/vcare",
          "postgresql:///vcare?host=/run/postgresql", "postgres://u@name/vcare?hostaddr=127.0.0.1"})
        EXPECT_THAT(about_store(url), IsEmpty()) << url;
    for (const std::string url :
         {"postgresql://u@db1/vcare", "postgresql://u@db1/vcare?sslmode=require",
          "postgresql://u@db1/vcare?sslmode=verify-ca", "postgresql://u@127.0.0.1,db2/vcare",
          "postgresql://u@localhost/vcare?hostaddr=10.0.0.1", "postgresql:///vcare?host=db1"})
        EXPECT_THAT(about_store(url), ElementsAre(HasSubstr("set ?sslmode=verify-full"))) << url;
    for (const std::string url : {"postgresql://u:planted@db1:5432,db2:5432/vcare?sslmode=verify-full",
                                  "postgresql://u@db1/vcare?sslmode=verify-full&password=planted"})
        EXPECT_THAT(about_store(url),
                    ElementsAre(AllOf(HasSubstr("refuses a plain password"), Not(HasSubstr("planted")))))
            << url;
    EXPECT_THAT(about_store("postgresql://u@db1/vcare?sslmood=planted"),
                AllOf(Contains(HasSubstr("is no URL that PostgreSQL's library understands")),
                      Not(Contains(HasSubstr("planted")))));
}

TEST(SettingsFile, production_refuses_a_tls_key_that_everybody_may_read) {
    const ConfigFolder folder;
    folder.write("key\n", "tls.key");
    folder.write("production = true\nserver.tls_cert = \"tls.pem\"\nserver.tls_key = \"tls.key\"\n");
    for (const auto& [mode, is_refused] :
         {std::pair{0644, true}, std::pair{0640, false}, std::pair{0600, false}}) {
        ::chmod(folder.path("tls.key").c_str(), static_cast<mode_t>(mode));
        const auto about_the_key =
            Contains(StartsWith("3: server.tls_key: names a file that everybody may read"));
        if (is_refused) {
            EXPECT_THAT(folder.problems(), about_the_key);
        } else {
            EXPECT_THAT(folder.problems(), Not(about_the_key));
        }
    }
}

TEST(SettingsFile, production_sends_links_by_events_only_where_there_is_a_broker) {
    const ConfigFolder folder;
    const auto to_nobody = Contains(StartsWith("2: notify.url: production refuses events: without a broker"));
    folder.write("production = true\nnotify.url = \"events:\"\n");
    EXPECT_THAT(folder.problems(), to_nobody);
    folder.write("production = true\nnotify.url = \"events:\"\nevents.url = \"tls://broker.example\"\n");
    EXPECT_THAT(folder.problems(), Not(to_nobody));
    folder.write("notify.url = \"events:\"\n");
    EXPECT_THAT(folder.problems(), IsEmpty()) << "said in the log instead";
}

TEST(SettingsFile, a_secret_may_be_a_credential_that_systemd_loaded) {
    const ConfigFolder folder;
    const auto token = [&] { return folder.load().settings.consent.token; };
    folder.write("consent.token = \"systemd-creds:consent-token\"\n");
    ::unsetenv("CREDENTIALS_DIRECTORY");
    EXPECT_THAT(folder.problems(), ElementsAre(AllOf(StartsWith("1: consent.token: "),
                                                     HasSubstr("LoadCredential=consent-token"))));

    ::setenv("CREDENTIALS_DIRECTORY", folder.path("").c_str(), 1);
    EXPECT_THAT(folder.problems(), ElementsAre(HasSubstr("that systemd did not load")));
    folder.write("from systemd\n", "consent-token");
    EXPECT_THAT(folder.problems(), IsEmpty());
    EXPECT_EQ(token(), "from systemd");

    folder.write("consent.token = \"systemd-creds:../consent-token\"\n");
    EXPECT_THAT(folder.problems(), ElementsAre(HasSubstr("names no credential")));
    folder.write("production = true\nconsent.token = \"systemd-creds:consent-token\"\n");
    EXPECT_THAT(folder.problems(), Not(Contains(HasSubstr("consent.token"))));
    ::unsetenv("CREDENTIALS_DIRECTORY");
}

TEST(SettingsFile, issuers_are_asked_over_tls_or_on_this_machine_and_in_production_over_tls_only) {
    const ConfigFolder folder;
    for (const std::string issuer : {"http://127.0.0.1:8080/realms/a", "http://[::1]:1", "http://localhost",
                                     "https://id.example", "https://id.example/"}) {
        folder.write("identity.issuer = \"" + issuer + "\"\n");
        EXPECT_THAT(folder.problems(), IsEmpty()) << issuer;
    }
    for (const std::string issuer :
         {"", "http://id.example", "https://id.example?realm=a", "https://id.example/#a", "urn:issuer",
          "http://127.0.0.1.example", "https://me@id.example"}) {
        folder.write("identity.issuer = \"" + issuer + "\"\n");
        EXPECT_THAT(folder.problems(), ElementsAre(StartsWith("1: identity.issuer: "))) << issuer;
    }
    folder.write(
        "production = true\n[identity]\nissuer = \"http://127.0.0.1:8080\"\njwks_url = \"http://[::1]/k\"\n");
    EXPECT_THAT(folder.problems(),
                testing::IsSupersetOf({StartsWith("3: identity.issuer: production refuses plain"),
                                       StartsWith("4: identity.jwks_url: production refuses")}));
}

TEST(SettingsFile, words_of_an_issuer_mean_roles_that_there_are) {
    const ConfigFolder folder;
    folder.write("identity.role_words = [\"/vc/doctors=clinician\", \"a=b=auditor\"]\n");
    EXPECT_THAT(folder.problems(), IsEmpty());

    for (const std::string pair :
         {"doctor", "doctor=", "=clinician", "doctor=surgeon", "doctor=clinician "}) {
        folder.write("identity.role_words = [\"" + pair + "\"]\n");
        EXPECT_THAT(folder.problems(),
                    ElementsAre(StartsWith("1: identity.role_words: has an item that is not WORD=ROLE")))
            << pair;
    }
    folder.write("identity.role_claims = []\n");
    EXPECT_THAT(folder.problems(), ElementsAre(StartsWith("1: identity.role_claims: names no claim")));
}

TEST(SettingsFile, issuers_that_could_be_mistaken_and_clients_without_a_provider_are_refused) {
    const ConfigFolder folder;
    folder.write(
        "[identity]\nissuer = \"https://id.example\"\npatients.issuer = \"https://id.example\"\n"
        "web_scope = \"profile\"\nkeys_kept_seconds = 60\n");
    EXPECT_THAT(folder.problems(), testing::UnorderedElementsAre(
                                       StartsWith("3: identity.patients.issuer: is the issuer of staff"),
                                       StartsWith("4: identity.web_scope: lacks openid"),
                                       StartsWith("5: identity.keys_kept_seconds: is less than")));

    folder.write("[identity]\njwks_url = \"https://id.example/k\"\nweb_client_id = \"pages\"\n");
    EXPECT_THAT(folder.problems(),
                testing::UnorderedElementsAre(StartsWith("2: identity.jwks_url: goes with an OIDC provider"),
                                              StartsWith("3: identity.web_client_id: goes with an OIDC")));
}

TEST(SettingsFile, broken_toml_is_named_with_its_line) {
    const ConfigFolder folder;
    folder.write("[server]\nlisten = \n");

    EXPECT_THAT(folder.problems(), ElementsAre(StartsWith("2: syntax: is not TOML here: ")));
}

TEST(SettingsFile, a_key_given_twice_is_named_with_its_line) {
    const ConfigFolder folder;
    folder.write("[log]\nlevel = \"info\"\nlevel = \"debug\"\n");

    EXPECT_THAT(folder.problems(), ElementsAre(StartsWith("3: syntax: ")));
}

TEST(SettingsFile, a_file_that_is_not_there_is_a_problem) {
    const ConfigFolder folder;

    EXPECT_THAT(folder.problems(), ElementsAre(StartsWith("1: file: cannot be read")));
}

TEST(SettingsFile, a_slip_in_a_variable_is_a_problem_and_a_variable_of_another_program_is_not) {
    const ConfigFolder folder;
    folder.write("");

    const auto problems = folder.problems({{"VCARE_BINARY", "/usr/bin/vcare"},
                                           {"VCARE_LOG_LEVELS", "info"},
                                           {"VCARE_SWEEPER_REST_SECONDS", "soon"}});

    EXPECT_THAT(
        problems,
        testing::UnorderedElementsAre(
            "environment:VCARE_LOG_LEVELS: VCARE_LOG_LEVELS: is no setting, the nearest is "
            "VCARE_LOG_LEVEL",
            StartsWith("environment:VCARE_SWEEPER_REST_SECONDS: sweeper.rest_seconds: must be integer")));
}

TEST(SettingsFile, a_secret_is_read_from_a_file_that_nobody_else_may_read) {
    const ConfigFolder folder;
    folder.write("[video.embedded]\nturn_urls = [\"turn:t.example\"]\nturn_secret = \"file:turn\"\n");
    folder.write("shared\n", "turn");

    ::chmod(folder.path("turn").c_str(), 0644);
    EXPECT_THAT(folder.problems(),
                ElementsAre(StartsWith("3: video.embedded.turn_secret: names a file that others may read")));

    ::chmod(folder.path("turn").c_str(), 0600);
    EXPECT_THAT(folder.problems(), IsEmpty());
    EXPECT_EQ(folder.load().settings.video.embedded.turn_secret, "shared");
}

TEST(SettingsFile, turn_servers_without_a_secret_are_refused) {
    const ConfigFolder folder;
    folder.write("[video.embedded]\nturn_urls = [\"turn:turn.example\"]\n");

    EXPECT_THAT(folder.problems(), ElementsAre(StartsWith("1: video.embedded.turn_secret: is missing")));
}

TEST(SettingsFile, servers_of_a_region_are_named_with_it) {
    const ConfigFolder folder;
    const auto write = [&](std::string_view items) {
        folder.write("[video.embedded]\nturn_secret = \"shared\"\nregional_urls = [" + std::string{items} +
                     "]\n");
    };
    write(R"("ca-1=turn:ca.example?transport=tcp", "de=stun:de.example")");
    EXPECT_THAT(folder.problems(), IsEmpty());

    for (const std::string_view item :
         {R"("turn:ca.example")", R"("=turn:ca.example")", R"("CA=turn:ca.example")",
          R"("-ca=turn:ca.example")", R"("ca=http://ca.example")"}) {
        write(item);
        EXPECT_THAT(folder.problems(),
                    ElementsAre(StartsWith("3: video.embedded.regional_urls: has an item that ")))
            << item;
    }

    folder.write("[video.embedded]\nregional_urls = [\"ca=turn:ca.example\"]\n");
    EXPECT_THAT(folder.problems(), ElementsAre(StartsWith("1: video.embedded.turn_secret: is missing")));
}

TEST(SettingsFile, services_of_ones_own_are_named_by_an_http_or_https_url) {
    const ConfigFolder folder;
    folder.write(
        "[consent]\nurl = \"https://consent.example/v1\"\n[fhir]\nurl = \"http://127.0.0.1:8080/fhir\"\n");
    EXPECT_THAT(folder.problems(), IsEmpty());

    for (const std::string url :
         {"", "embedded", "ftp://a", "https://", "https://me:secret@a", "https://a/#b"}) {
        folder.write("consent.url = \"" + url + "\"\n");
        EXPECT_THAT(folder.problems(), ElementsAre(StartsWith("1: consent.url: is "))) << url;
    }
}

TEST(SettingsFile, consents_are_taken_to_their_owner_unless_there_is_another_one_and_it_takes_none) {
    const ConfigFolder folder;
    folder.write("consent.capture = \"off\"\n");
    EXPECT_THAT(folder.problems(),
                ElementsAre(StartsWith("1: consent.capture: goes with a consent service")));

    folder.write("consent.capture = \"off\"\nconsent.url = \"https://consent.example\"\n");
    EXPECT_THAT(folder.problems(), IsEmpty());
}

TEST(SettingsFile, smart_backend_services_need_all_their_keys_and_no_other_token) {
    const ConfigFolder folder;
    folder.write(
        "[fhir]\nurl = \"https://ehr.example/fhir\"\ntoken = \"t\"\n"
        "smart_token_url = \"https://ehr.example/token\"\nsmart_client_id = \"vcare\"\n");

    EXPECT_THAT(folder.problems(),
                testing::UnorderedElementsAre(
                    StartsWith("3: fhir.token: and fhir.smart_token_url exclude each other"),
                    testing::HasSubstr("fhir.smart_key_id: is missing"),
                    testing::HasSubstr("fhir.smart_key_file: is missing")));
}

TEST(SettingsFile, a_token_needs_its_pin_and_the_embedded_issuer_a_folder_beside_it) {
    const ConfigFolder folder;
    folder.write("[keys]\nurl = \"pkcs11:token=vcare?module-path=/usr/lib/m.so\"\n");

    EXPECT_THAT(folder.problems(),
                testing::UnorderedElementsAre(
                    testing::HasSubstr("keys.pin: is missing, the token is logged in to with it"),
                    testing::HasSubstr("identity.embedded_keys: is missing, the embedded issuer keeps")));
}

TEST(SettingsFile, a_pin_has_no_place_in_an_url_and_in_production_none_in_the_file) {
    const ConfigFolder folder;
    folder.write("[keys]\nurl = \"pkcs11:token=vcare;pin-value=planted-1?module-path=/m.so\"\n");
    EXPECT_THAT(folder.problems(), Contains(StartsWith("2: keys.url: holds a PIN or says where it is")));

    folder.write(
        "production = true\n[keys]\nurl = \"pkcs11:token=vcare?module-path=/m.so\"\npin = \"planted-2\"\n");
    const std::vector<std::string> problems = folder.problems();
    EXPECT_THAT(problems, Contains(StartsWith("4: keys.pin: production refuses a plain secret")));
    EXPECT_THAT(problems, Not(Contains(HasSubstr("keys.url: "))));
    EXPECT_THAT(problems, Not(Contains(HasSubstr("planted-"))));
}

TEST(SettingsFile, vault_needs_its_token_and_in_production_tls_and_the_token_by_reference) {
    const ConfigFolder folder;
    folder.write("identity.embedded_keys = \"file:issuer\"\nkeys.url = \"vault:https://vault.example\"\n");
    EXPECT_THAT(folder.problems(),
                ElementsAre(testing::HasSubstr("keys.token: is missing, Vault is signed")));

    folder.write(
        "production = true\n[keys]\nurl = \"vault:http://vault.example\"\ntoken = \"planted-1\"\n"
        "vault_mount = \"/transit\"\n");
    const std::vector<std::string> problems = folder.problems();
    EXPECT_THAT(problems,
                testing::IsSupersetOf({StartsWith("3: keys.url: production refuses plain http"),
                                       StartsWith("4: keys.token: production refuses a plain secret"),
                                       StartsWith("5: keys.vault_mount: is no path of words")}));
    EXPECT_THAT(problems, Not(Contains(HasSubstr("planted-"))));

    folder.write("keys.url = \"vault:\"\n");
    EXPECT_THAT(folder.problems(),
                Contains(StartsWith("1: keys.url: names no Vault by its http or https URL")));
}

TEST(SettingsFile, production_refuses_plain_http_and_plain_tokens_to_services) {
    const ConfigFolder folder;
    folder.write(
        "production = true\n[consent]\nurl = \"http://consent.example\"\ntoken = \"planted-1\"\n"
        "[fhir]\nurl = \"http://ehr.example/fhir\"\ntoken = \"planted-2\"\n"
        "smart_token_url = \"http://ehr.example/token\"\n");

    const std::vector<std::string> problems = folder.problems();

    EXPECT_THAT(problems, testing::IsSupersetOf({StartsWith("3: consent.url: production refuses plain http"),
                                                 StartsWith("4: consent.token: production refuses a plain"),
                                                 StartsWith("6: fhir.url: production refuses plain http"),
                                                 StartsWith("7: fhir.token: production refuses a plain"),
                                                 StartsWith("8: fhir.smart_token_url: production refuses")}));
    EXPECT_THAT(problems, Not(Contains(HasSubstr("planted-"))));
}

TEST(SettingsFile, a_broker_is_named_by_one_or_several_urls_without_credentials) {
    const ConfigFolder folder;
    for (const std::string url :
         {"inproc:", "nats://broker", "nats://a:4222,nats://b", "tls://broker:4443"}) {
        folder.write("events.url = \"" + url + "\"\n");
        EXPECT_THAT(folder.problems(), IsEmpty()) << url;
    }
    for (const std::string url : {"", "nats://", "nats://a,", "nats://a,http://b", "nats://me:secret@a",
                                  "nats://a/stream", "nats://a?tls=1"}) {
        folder.write("events.url = \"" + url + "\"\n");
        EXPECT_THAT(folder.problems(), ElementsAre(StartsWith("1: events.url: "))) << url;
    }
}

TEST(SettingsFile, a_broker_asks_for_a_user_and_a_password_or_for_none_of_them) {
    const ConfigFolder folder;
    folder.write("events.user = \"vcare\"\n");
    EXPECT_THAT(folder.problems(), ElementsAre(HasSubstr("events.password: is missing")));
    folder.write("events.password = \"secret\"\n");
    EXPECT_THAT(folder.problems(), ElementsAre(HasSubstr("events.user: is missing")));
    folder.write("events.user = \"vcare\"\nevents.password = \"secret\"\n");
    EXPECT_THAT(folder.problems(), IsEmpty());
}

TEST(SettingsFile, production_refuses_a_broker_without_tls_and_a_plain_password) {
    const ConfigFolder folder;
    folder.write(
        "production = true\n[events]\nurl = \"tls://a,nats://b\"\nuser = \"vcare\"\npassword = "
        "\"planted\"\n");

    EXPECT_THAT(folder.problems(),
                testing::IsSupersetOf({StartsWith("3: events.url: production refuses a broker without TLS"),
                                       StartsWith("5: events.password: production refuses a plain secret")}));
}

}  // namespace
}  // namespace vcare::program
