// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/demo_fixture.hpp"
#include "support/event_ledger.hpp"
#include "support/oidc_provider.hpp"

namespace vcare::support {
namespace {

using boost::json::object;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;

const std::string api{base_path};
const std::string sessions = api + "/sessions";

/// Staff of two clinics, one of them as Keycloak would say it, and somebody who has no role.
const std::string staff = R"({
  "dr-north": {"tenantId": "north", "roles": ["clinician"], "name": "Dr. North", "azp": "vcare-pages"},
  "dr-south": {"tenantId": "south", "roles": ["clinician"]},
  "patient-of-staff-realm": {"tenantId": "north", "roles": ["patient"]},
  "nobody": {"tenantId": "north", "roles": []}
})";

const std::string patients = R"({
  "p-north": {"tenantId": "north", "patient_id": "p1"},
  "p-sly": {"tenantId": "north", "patient_id": "p2", "roles": ["clinician", "tenant_admin"]}
})";

std::string staff_from(const OidcProvider& provider, const std::string& more = "") {
    return "[identity]\nissuer = \"" + provider.issuer() + "\"\n" + more;
}

std::int64_t unix_seconds(int from_now = 0) {
    const auto at = std::chrono::system_clock::now() + seconds{from_now};
    return std::chrono::duration_cast<seconds>(at.time_since_epoch()).count();
}

/// What a right token of `dr-north` says.
object right_claims(const OidcProvider& provider) {
    return {{"iss", provider.issuer()}, {"aud", "virtual-care"},  {"sub", "dr-north"},
            {"tenantId", "north"},      {"roles", {"clinician"}}, {"scope", "virtual_care:session:read"},
            {"exp", unix_seconds(300)}};
}

object with_claim(object claims, std::string_view name, const boost::json::value& value) {
    claims[{name.data(), name.size()}] = value;
    return claims;
}

HttpResponse list(const Server& server, const std::string& token) {
    return server.client().get(sessions, bearer(token));
}

/// Asks until the answer has this status; fails with the last one.
HttpResponse list_until(const Server& server, const std::string& token, int status) {
    const auto deadline = std::chrono::steady_clock::now() + seconds{60};
    HttpResponse answer = list(server, token);
    while (answer.status != status && std::chrono::steady_clock::now() < deadline)
        answer = list(server, token);
    return answer;
}

/// `/state` of a dependency as operators see it, or `/detail`.
std::string health_of(const Server& server, const std::string& dependency,
                      const std::string& pointer = "/state") {
    const boost::json::value ready = server.admin_client().get("/health/ready").json();
    for (const auto& one : ready.at("dependencies").as_array()) {
        if (at(one, "/name") == dependency) return at(one, pointer);
    }
    return "";
}

class AnOidcProvider : public testing::Test {
  protected:
    TempFolder folder_;
    OidcProvider provider_{{.people = staff}};
};

TEST_F(AnOidcProvider, lets_staff_in_with_the_access_tokens_that_it_gives_them) {
    provider_.start();
    const Server server{folder_.path(), staff_from(provider_)};

    EXPECT_EQ(list(server, provider_.token_of("dr-north")).status, 200);
    EXPECT_EQ(health_of(server, "identity"), "up");
    EXPECT_EQ(
        server.command({"token", "staff", "--tenant", "north", "--sub", "x", "--role", "admin"}).exit_code, 1)
        << "the provider signs tokens, not the service";
}

TEST_F(AnOidcProvider, is_believed_in_nothing_but_a_right_token) {
    provider_.start();
    OidcProvider other{{.people = staff}};
    other.start();
    const Server server{folder_.path(), staff_from(provider_)};
    const object right = right_claims(provider_);
    ASSERT_EQ(list(server, provider_.sign(right, {{"typ", "at+jwt"}})).status, 200);
    ASSERT_EQ(list(server, provider_.sign(right)).status, 200) << "typ may be absent";

    const auto expect_refused = [&](const std::string& token, std::string_view why) {
        const HttpResponse answer = list(server, token);
        EXPECT_EQ(answer.status, 401) << why;
        EXPECT_EQ(answer.code(), "UNAUTHORIZED") << why;
        EXPECT_THAT(answer.at("/detail"), HasSubstr(std::string{why}));
    };
    expect_refused(provider_.token_of("dr-north", "virtual_care:session:read", "urn:chart"),
                   "another audience");
    expect_refused(other.token_of("dr-north"), "issuer is not trusted");
    expect_refused(other.sign(right), "not one of its issuer's");
    expect_refused(provider_.sign(with_claim(right, "exp", unix_seconds(-31))), "has expired");
    expect_refused(provider_.sign(with_claim(right, "nbf", unix_seconds(60))), "not valid yet");
    expect_refused(provider_.sign(with_claim(right, "nonce", "n")), "no access token");
    expect_refused(provider_.sign(right, {{"typ", "logout+jwt"}}), "type is not that of an access token");
    const std::string token = provider_.token_of("dr-north");
    const std::string claims = token.substr(token.find('.'), token.rfind('.') - token.find('.') + 1);
    expect_refused("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0" + claims, "RS256 or ES256");
    EXPECT_EQ(list(server, provider_.sign(with_claim(right, "exp", unix_seconds(-20)))).status, 200)
        << "clocks differ by up to half a minute";
}

TEST_F(AnOidcProvider, keeps_tenants_apart_and_gives_nothing_to_who_has_no_role) {
    provider_.start();
    const Server server{folder_.path(), staff_from(provider_, "scope_claim = \"\"\n")};
    HttpClient client = server.client();
    const Headers north = bearer(provider_.token_of("dr-north"));
    give_consent(client, north, "p1");
    const BookedVisit visit = book(client, north, "p1");

    const HttpResponse foreign =
        client.get(sessions + "/" + visit.session, bearer(provider_.token_of("dr-south")));
    EXPECT_EQ(foreign.status, 404);
    EXPECT_EQ(client.get(sessions, bearer(provider_.token_of("nobody"))).code(), "ACCESS_DENIED");
    EXPECT_EQ(client.get(sessions, bearer(provider_.token_of("patient-of-staff-realm"))).code(),
              "ACCESS_DENIED")
        << "the provider of staff knows no patients";
}

TEST_F(AnOidcProvider, has_an_unknown_key_looked_for_at_once_but_not_oftener_than_the_floor_allows) {
    provider_.start();
    const Server server{folder_.path(), staff_from(provider_, "keys_floor_seconds = 2\n")};
    const std::string before = provider_.token_of("dr-north");
    ASSERT_EQ(list(server, before).status, 200);

    provider_.rotate();
    const std::string after = provider_.token_of("dr-north");
    EXPECT_EQ(list_until(server, after, 200).status, 200);
    EXPECT_EQ(list(server, before).status, 200) << "found right a moment ago";

    const int asked = provider_.times_keys_were_asked_for();
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < 200; ++i) {
        const object header{{"kid", "unknown-" + std::to_string(i)}};
        ASSERT_EQ(list(server, provider_.sign(right_claims(provider_), header)).status, 401);
    }
    const auto took = std::chrono::steady_clock::now() - began;
    EXPECT_LE(provider_.times_keys_were_asked_for() - asked, 1 + took / seconds{2});
}

TEST_F(AnOidcProvider, that_goes_away_leaves_its_known_keys_in_force) {
    provider_.start();
    const Server server{folder_.path(),
                        staff_from(provider_, "keys_fresh_seconds = 10\nkeys_floor_seconds = 1\n")};
    const std::string known = provider_.token_of("dr-north");
    const std::string not_seen_yet = provider_.token_of("dr-south");
    const std::string unknown = provider_.sign(right_claims(provider_), {{"kid", "of-tomorrow"}});
    ASSERT_EQ(list(server, known).status, 200);

    provider_.stop();

    const HttpResponse cannot_tell = list_until(server, unknown, 503);
    EXPECT_EQ(cannot_tell.code(), "KEY_SERVICE_UNAVAILABLE");
    EXPECT_EQ(list(server, known).status, 200);
    EXPECT_EQ(list(server, not_seen_yet).status, 200);
    EXPECT_EQ(health_of(server, "identity"), "degraded");
}

TEST_F(AnOidcProvider, that_was_never_there_keeps_everybody_out_until_it_comes) {
    OidcProvider twin{{.people = staff}};
    twin.start();
    const Server server{folder_.path(), staff_from(provider_, "keys_floor_seconds = 1\n")};

    const HttpResponse away = list(server, twin.sign(right_claims(provider_)));
    EXPECT_EQ(away.status, 503);
    EXPECT_EQ(away.code(), "KEY_SERVICE_UNAVAILABLE");
    EXPECT_THAT(away.at("/detail"), HasSubstr("keys of the token's issuer"));
    EXPECT_GE(std::stoi(away.header("Retry-After")), 1);
    EXPECT_EQ(health_of(server, "identity"), "degraded");

    provider_.start();

    EXPECT_EQ(list_until(server, provider_.token_of("dr-north"), 200).status, 200);
    EXPECT_EQ(list(server, twin.sign(right_claims(provider_))).status, 401);
}

/// A provider whose certificate comes from an authority that only the hospital knows.
class AnOidcProviderOverTls : public testing::Test {
  protected:
    [[nodiscard]] std::string settings(const std::string& more = "") const {
        write_text(folder_.path() / "hospital.pem", hospital_.certificate());
        return staff_from(provider_, "ca_file = \"hospital.pem\"\nkeys_floor_seconds = 1\n" + more);
    }
    static Finished check_of(const Server& server) { return server.command({"config", "check", "--online"}); }

    TempFolder folder_;
    const Authority hospital_;
    const Certificate right_ = hospital_.issue("DNS:localhost");
    OidcProvider provider_{{.people = staff, .certificate = right_}};
};

TEST_F(AnOidcProviderOverTls, is_believed_where_an_authority_that_the_settings_name_vouches_for_it) {
    provider_.start();
    for (const std::string& where_keys_are :
         {std::string{}, "jwks_url = \"" + provider_.issuer() + "/jwks\"\n"}) {
        const Server server{folder_.path(), settings(where_keys_are)};

        EXPECT_EQ(list(server, provider_.token_of("dr-north")).status, 200) << where_keys_are;
        EXPECT_EQ(list(server, provider_.sign(with_claim(right_claims(provider_), "exp", 1))).status, 401);
        EXPECT_EQ(health_of(server, "identity"), "up");
        const Finished check = check_of(server);
        EXPECT_EQ(check.exit_code, 0) << check.output << check.error;
        EXPECT_THAT(check.output, ContainsRegex("identity +up\n"));
    }
}

TEST_F(AnOidcProviderOverTls, that_cannot_prove_who_it_is_lets_nobody_in_until_it_can) {
    for (const auto& [wrong, word] :
         {std::pair{Authority{}.issue("DNS:localhost"), "certificate_unknown_authority"},
          std::pair{hospital_.issue("DNS:id.elsewhere.example"), "certificate_wrong_host"},
          std::pair{hospital_.issue("DNS:localhost", 0), "certificate_expired"}}) {
        SCOPED_TRACE(word);
        provider_.stop();  // one that is there with a wrong certificate ends the start
        const Server server{folder_.path(), settings()};
        provider_.show(wrong);
        const std::string token = provider_.token_of("dr-north");
        EXPECT_TRUE(becomes_true([&] {
            static_cast<void>(list(server, token));
            return health_of(server, "identity", "/detail") == word;
        }));

        const HttpResponse refused = list(server, token);
        EXPECT_EQ(refused.status, 503);
        EXPECT_EQ(refused.code(), "KEY_SERVICE_UNAVAILABLE");
        EXPECT_EQ(provider_.times_keys_were_asked_for(), 0);
        EXPECT_EQ(health_of(server, "identity"), "degraded");
        EXPECT_EQ(health_of(server, "identity", "/detail"), word);
        EXPECT_THAT(server.log(), AllOf(HasSubstr("identity.keys_not_fetched"), HasSubstr(word)));
        const Finished check = check_of(server);
        EXPECT_EQ(check.exit_code, 3);
        EXPECT_THAT(check.output, ContainsRegex("identity +away: " + std::string{word} + "\n"));

        provider_.show(right_);

        EXPECT_EQ(list_until(server, provider_.token_of("dr-north"), 200).status, 200);
        EXPECT_EQ(health_of(server, "identity"), "up");
    }
}

TEST_F(AnOidcProviderOverTls, whose_certificate_runs_out_leaves_its_known_keys_in_force) {
    provider_.start();
    const Server server{folder_.path(), settings()};
    const std::string known = provider_.token_of("dr-north");
    const std::string not_seen_yet = provider_.token_of("dr-south");
    ASSERT_EQ(list(server, known).status, 200);

    provider_.show(hospital_.issue("DNS:localhost", 0));  // with keys of its own

    const std::string of_new_key = provider_.token_of("dr-north");
    EXPECT_EQ(list_until(server, of_new_key, 503).code(), "KEY_SERVICE_UNAVAILABLE");
    EXPECT_EQ(list(server, known).status, 200);
    EXPECT_EQ(list(server, not_seen_yet).status, 200);
    EXPECT_EQ(health_of(server, "identity", "/detail"), "certificate_expired");

    provider_.show(right_);

    EXPECT_EQ(list_until(server, provider_.token_of("dr-north"), 200).status, 200);
    EXPECT_EQ(list_until(server, of_new_key, 401).status, 401) << "that key is gone";
}

TEST(AKeycloakRealm, says_roles_per_realm_and_per_client_in_its_own_words) {
    const TempFolder folder;
    OidcProvider realm{{.people = R"({
      "karimi": {"tenantId": "north", "typ": "Bearer", "azp": "vcare-pages",
                 "realm_access": {"roles": ["offline_access", "admin"]},
                 "resource_access": {"virtual-care": {"roles": ["doctors"]}, "account": {"roles": ["desk"]}}},
      "desk": {"tenantId": "north", "typ": "Bearer", "azp": "vcare-pages",
               "realm_access": {"roles": ["vc-desk"]}},
      "stranger": {"tenantId": "north", "typ": "Bearer", "azp": "other-pages",
                   "realm_access": {"roles": ["vc-desk"]}}
    })",
                        .algorithm = "ES256",
                        .path = "/realms/clinic"}};
    realm.start();
    const Server server{
        folder.path(),
        staff_from(realm,
                   "role_claims = [\"/realm_access/roles\", \"/resource_access/virtual-care/roles\"]\n"
                   "role_words = [\"doctors=clinician\", \"vc-desk=scheduler\", \"desk=tenant_admin\"]\n"
                   "scope_claim = \"\"\nclients = [\"vcare-pages\"]\n")};
    HttpClient client = server.client();

    const Headers doctor = bearer(realm.token_of("karimi"));
    EXPECT_EQ(client.get(api + "/waiting-room", doctor).status, 200);
    EXPECT_EQ(client.get(api + "/config", doctor).code(), "ACCESS_DENIED")
        << "neither the realm's admin nor another client's role counts";
    EXPECT_EQ(client.get(sessions, bearer(realm.token_of("desk"))).status, 200);
    EXPECT_THAT(client.get(sessions, bearer(realm.token_of("stranger"))).at("/detail"),
                HasSubstr("made for another client"));
}

TEST(APatientPortal, gives_its_patients_their_own_visits_and_nobody_a_role_of_staff) {
    const TempFolder folder;
    OidcProvider clinic{{.people = staff}};
    OidcProvider portal{{.people = patients, .algorithm = "ES256", .path = "/realms/portal"}};
    clinic.start();
    portal.start();
    const Server server{folder.path(), staff_from(clinic, "scope_claim = \"\"\n") +
                                           "[identity.patients]\nissuer = \"" + portal.issuer() +
                                           "\"\npatient_claim = \"patient_id\"\nscope_claim = \"\"\n"};
    HttpClient client = server.client();
    const Headers doctor = bearer(clinic.token_of("dr-north"));
    for (const char* patient : {"p1", "p2"}) give_consent(client, doctor, patient);
    const std::string own = book(client, doctor, "p1").session;
    const std::string of_another = book(client, doctor, "p2").session;

    const Headers patient = bearer(portal.token_of("p-north"));
    EXPECT_EQ(client.get(sessions + "/" + own, patient).status, 200);
    EXPECT_EQ(client.get(sessions + "/" + of_another, patient).status, 403);
    EXPECT_EQ(client.get(sessions, patient).json().at("items").as_array().size(), 1U);
    const Headers sly = bearer(portal.token_of("p-sly"));
    EXPECT_EQ(client.get(api + "/waiting-room", sly).code(), "ACCESS_DENIED");
    EXPECT_EQ(client.get(api + "/config", sly).code(), "ACCESS_DENIED");
    EXPECT_EQ(client.get(sessions + "/" + own, sly).status, 403) << "only its own patient's visits";
    EXPECT_EQ(health_of(server, "identity_patients"), "up");
}

}  // namespace
}  // namespace vcare::support
