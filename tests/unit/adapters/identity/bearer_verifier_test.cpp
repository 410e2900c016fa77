// SPDX-License-Identifier: Apache-2.0
#include "adapters/identity/bearer_verifier.hpp"

#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "adapters/crypto/compact_jws.hpp"
#include "adapters/crypto/digest.hpp"
#include "adapters/identity/embedded_issuer.hpp"
#include "adapters/identity/token_codec.hpp"
#include "unit/adapters/await.hpp"
#include "unit/adapters/fixed_clock.hpp"

namespace vcare::identity {
namespace {

using application::BearerVerifier;
using domain::EnumSet;
using domain::Scope;
using domain::StaffRole;
using tests::await;

/// Knows one key and counts how often it is asked.
class CountingJwks final : public JwksSource {
  public:
    CountingJwks(std::string kid, crypto::PublicKey key) : kid_(std::move(kid)), key_(std::move(key)) {}
    Task<Result<std::optional<crypto::PublicKey>>> find_key(std::string kid) override {
        ++asked;
        if (is_away) co_return domain::refuse(ErrorCode::key_service_unavailable);
        if (kid != kid_) co_return std::nullopt;
        co_return key_;
    }
    int asked = 0;
    bool is_away = false;

  private:
    std::string kid_;
    crypto::PublicKey key_;
};

class BearerVerifierTest : public testing::Test {
  protected:
    /// A right token, or one with a changed header or claim.
    std::string token(std::string_view what = {}, std::string_view instead = {}) const {
        return signed_by(key_, replaced(header_, what, instead), replaced(claims_, what, instead));
    }
    static std::string signed_by(const crypto::Es256Key& key, std::string_view header,
                                 std::string_view claims) {
        std::string input = crypto::jws_signing_input(header, claims);
        const std::string signature = key.sign(input);
        return crypto::to_compact_jws(std::move(input), signature);
    }
    static std::string replaced(std::string text, std::string_view what, std::string_view instead) {
        const auto at = what.empty() ? std::string::npos : text.find(what);
        return at == std::string::npos ? text : text.replace(at, what.size(), instead);
    }
    std::unique_ptr<BearerVerifier> verifier(EnumSet<StaffRole> may_give = {StaffRole::clinician,
                                                                            StaffRole::auditor},
                                             ClaimNames names = {}) {
        return make_bearer_verifier({{.issuer = "https://id.example",
                                      .audience = "vcare",
                                      .keys = jwks_,
                                      .may_give = may_give,
                                      .claims = std::move(names)}},
                                    clock_);
    }
    void expect_refused(const std::string& token, std::string_view reason) {
        const auto verdict = await(verifier()->verify(token));
        ASSERT_FALSE(verdict) << reason;
        EXPECT_EQ(verdict.error().code, ErrorCode::unauthorized);
        EXPECT_EQ(verdict.error().detail, reason);
    }

    tests::FixedClock clock_;
    const std::int64_t now_ = domain::to_unix_ms(clock_.now()) / 1000;
    const crypto::Es256Key key_ = crypto::Es256Key::generate();
    std::shared_ptr<CountingJwks> jwks_ = std::make_shared<CountingJwks>("k1", key_.public_key());
    const std::string header_ = R"({"alg":"ES256","kid":"k1","typ":"JWT"})";
    const std::string claims_ =
        R"({"iss":"https://id.example","aud":"vcare","sub":"usr-1","tenantId":"hill",)"
        R"("roles":["clinician","offline_access","tenant_admin"],)"
        R"("scope":"openid virtual_care:session:read virtual_care:session:admit","nodeIds":["ward-2"],)"
        R"("name":"Dr. Karimi","exp":)" +
        std::to_string(now_ + 600) + R"(,"nbf":)" + std::to_string(now_) + "}";
};

TEST_F(BearerVerifierTest, tells_who_calls_for_a_right_token) {
    const auto verdict = await(verifier()->verify(token()));

    ASSERT_TRUE(verdict) << verdict.error().detail;
    const domain::Caller& caller = verdict->caller;
    EXPECT_EQ(caller.user.text(), "usr-1");
    EXPECT_EQ(caller.tenant.text(), "hill");
    EXPECT_EQ(caller.scopes, (EnumSet{Scope::session_read, Scope::session_admit}));
    ASSERT_EQ(caller.nodes.size(), 1U);
    EXPECT_EQ(caller.nodes.front().text(), "ward-2");
    EXPECT_EQ(caller.name, "Dr. Karimi");
    EXPECT_EQ(verdict->expires_at, clock_.now() + domain::minutes{10});
}

TEST_F(BearerVerifierTest, leaves_out_roles_that_are_unknown_or_not_the_issuer_s_to_give) {
    const auto verdict = await(verifier()->verify(token()));

    ASSERT_TRUE(verdict);
    EXPECT_EQ(verdict->caller.roles, EnumSet{StaffRole::clinician});
}

TEST_F(BearerVerifierTest, takes_the_other_forms_a_right_token_may_have) {
    for (const auto& [what, instead] : std::vector<std::pair<std::string, std::string>>{
             {R"("typ":"JWT")", R"("typ":"at+jwt")"},
             {R"("typ":"JWT")", R"("typ":"application/at+JWT")"},
             {R"(,"typ":"JWT")", ""},
             {R"("aud":"vcare")", R"("aud":["account","vcare"])"},
             {R"("nodeIds":["ward-2"],)", ""},
             {R"("roles":["clinician","offline_access","tenant_admin"],)", ""},
             {"600,", "600.25,"}}) {
        const auto verdict = await(verifier()->verify(token(what, instead)));
        EXPECT_TRUE(verdict) << what << " -> " << instead << ": " << verdict.error().detail;
    }
}

TEST_F(BearerVerifierTest, refuses_a_header_that_is_not_one_of_an_access_token) {
    const auto with = [&](std::string_view what, std::string_view instead) {
        return signed_by(key_, replaced(header_, what, instead), claims_);
    };
    for (const std::string_view algorithm : {"none", "None", "HS256", "RS512", "ES384", "PS256", "es256", ""})
        expect_refused(with("ES256", algorithm), "The token is not signed with RS256 or ES256.");
    expect_refused(with(R"("alg":"ES256",)", ""), "The token is not signed with RS256 or ES256.");
    expect_refused(with(R"("ES256")", R"(["ES256"])"), "The token is not signed with RS256 or ES256.");
    expect_refused(with("ES256", "RS256"), "The token's key is for another algorithm.");
    for (const std::string_view type : {R"("JOSE")", R"("dpop+jwt")", R"("")", "1"})
        expect_refused(with(R"("JWT")", type), "The token's type is not that of an access token.");
    expect_refused(with("}", R"(,"crit":["exp"]})"), "The token wants extensions to be understood.");
    expect_refused(with(R"("kid":"k1",)", ""), "The token does not name its key.");
    expect_refused(with("k1", "k2"), "The token's key is not one of its issuer's.");
    expect_refused(signed_by(key_, "[]", claims_), "The token's header is no JSON object.");
}

TEST_F(BearerVerifierTest, refuses_a_public_key_used_as_a_shared_secret) {
    const std::string header = R"({"alg":"HS256","kid":"k1","typ":"JWT"})";
    std::string input = crypto::jws_signing_input(header, claims_);
    const std::string signature = crypto::hmac_sha256(write_jwks(key_.point(), "k1"), input);

    expect_refused(crypto::to_compact_jws(std::move(input), signature),
                   "The token is not signed with RS256 or ES256.");
}

TEST_F(BearerVerifierTest, refuses_a_token_without_a_right_signature) {
    const std::string right = token();
    const std::string unsigned_token = right.substr(0, right.rfind('.') + 1);

    expect_refused(unsigned_token, "The token's signature is wrong.");
    expect_refused(signed_by(crypto::Es256Key::generate(), header_, claims_),
                   "The token's signature is wrong.");
    std::string other_claims = crypto::jws_signing_input(header_, replaced(claims_, "usr-1", "usr-2"));
    expect_refused(
        crypto::to_compact_jws(std::move(other_claims), crypto::parse_compact_jws(right)->signature),
        "The token's signature is wrong.");
}

TEST_F(BearerVerifierTest, refuses_claims_that_are_not_right) {
    expect_refused(token("https://id.example", "https://id.example/"), "The token's issuer is not trusted.");
    expect_refused(token("iss", "isx"), "The token's issuer is not trusted.");
    expect_refused(token(R"("aud":"vcare")", R"("aud":"chart")"), "The token is for another audience.");
    expect_refused(token(R"("aud":"vcare",)", ""), "The token is for another audience.");
    expect_refused(token(R"("aud":"vcare")", R"("aud":["chart",1,"vcare"])"),
                   "The token is for another audience.");
    expect_refused(token(R"("exp")", R"("expires")"), "The token does not say when it expires.");
    expect_refused(token(R"("exp":)", R"("exp":"soon","x":)"), "The token does not say when it expires.");
    expect_refused(token(R"("exp":)", R"("exp":-)"), "The token does not say when it expires.");
    expect_refused(token(R"("exp":)", R"("exp":1e300,"x":)"), "The token does not say when it expires.");
    expect_refused(token(R"("nbf":)", R"("nbf":"now","x":)"),
                   "The token does not say rightly from when it is valid.");
    expect_refused(token("usr-1", "a b"), "The token does not say who it is about.");
    expect_refused(token(R"("sub":"usr-1")", R"("sub":1)"), "The token does not say who it is about.");
    expect_refused(token(R"("tenantId":"hill",)", ""), "The token does not name a tenant.");
    expect_refused(token(R"(["clinician")", R"([1,"clinician")"),
                   "The token's roles or facilities are no list of words.");
    expect_refused(token(R"(["ward-2"])", R"("ward-2")"),
                   "The token's roles or facilities are no list of words.");
    expect_refused(token("ward-2", "ward 2"), "The token names a facility that is no id.");
    expect_refused(signed_by(key_, header_, "not json"), "The token's issuer is not trusted.");
}

TEST_F(BearerVerifierTest, refuses_whatever_is_no_token) {
    for (const std::string& text : {std::string{}, std::string{"x"}, std::string{"a.b"},
                                    std::string{"a.b.c.d"}, std::string{"\xff.\xff.\xff"}, std::string{".."}})
        EXPECT_FALSE(await(verifier()->verify(text))) << text;
    expect_refused(std::string(9000, 'a'), "The token is too long.");
}

TEST_F(BearerVerifierTest, allows_half_a_minute_for_clocks_that_differ) {
    const std::string right = token();
    clock_.advance(domain::seconds{629});
    EXPECT_TRUE(await(verifier()->verify(right)));

    clock_.advance(domain::seconds{1});
    expect_refused(right, "The token has expired.");

    clock_.advance(-domain::seconds{630 + 30});
    EXPECT_TRUE(await(verifier()->verify(right)));

    clock_.advance(-domain::seconds{1});
    expect_refused(right, "The token is not valid yet.");
}

TEST_F(BearerVerifierTest, remembers_a_right_token_until_it_expires) {
    const auto bearers = verifier();
    const std::string right = token();
    ASSERT_TRUE(await(bearers->verify(right)));
    ASSERT_TRUE(await(bearers->verify(right)));
    EXPECT_EQ(jwks_->asked, 1);

    clock_.advance(domain::minutes{10} + domain::seconds{30});

    EXPECT_FALSE(await(bearers->verify(right)));
    EXPECT_EQ(jwks_->asked, 2);
}

TEST_F(BearerVerifierTest, remembers_no_refusal) {
    const auto bearers = verifier();
    jwks_->is_away = true;
    const auto refused = await(bearers->verify(token()));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::key_service_unavailable);

    jwks_->is_away = false;

    EXPECT_TRUE(await(bearers->verify(token())));
}

TEST_F(BearerVerifierTest, finds_claims_under_the_names_of_the_issuer) {
    const ClaimNames names{.subject = "patient_id", .tenant = "org", .roles = {"/realm_access/roles"}};
    const std::string portal =
        R"({"iss":"https://id.example","aud":"vcare","sub":"f81d4fae","patient_id":"pat-7","org":"lake",)"
        R"("realm_access":{"roles":["patient"]},"exp":)" +
        std::to_string(now_ + 600) + "}";

    const auto verdict =
        await(verifier({StaffRole::patient}, names)->verify(signed_by(key_, header_, portal)));

    ASSERT_TRUE(verdict) << verdict.error().detail;
    EXPECT_EQ(verdict->caller.user.text(), "pat-7");
    EXPECT_EQ(verdict->caller.tenant.text(), "lake");
    EXPECT_EQ(verdict->caller.roles, EnumSet{StaffRole::patient});
}

TEST_F(BearerVerifierTest, refuses_the_earlier_tokens_of_a_barred_user_those_found_right_too) {
    const auto bearers = verifier();
    const auto bar = [&](std::string_view tenant, std::string_view user, domain::Instant at) {
        return bearers->bar({.tenant = domain::TenantId::parse(tenant).value(),
                             .user = domain::UserId::parse(user).value(),
                             .barred_at = at});
    };
    const std::string known = token(R"("exp":)", R"("iat":)" + std::to_string(now_) + R"(,"exp":)");
    ASSERT_TRUE(await(bearers->verify(known)));

    EXPECT_TRUE(bar("hill", "usr-2", clock_.now()));
    EXPECT_TRUE(bar("lake", "usr-1", clock_.now()));
    ASSERT_TRUE(await(bearers->verify(known))) << "nobody of these";

    EXPECT_TRUE(bar("hill", "usr-1", clock_.now()));
    EXPECT_FALSE(bar("hill", "usr-1", clock_.now())) << "that is known";
    EXPECT_FALSE(bar("hill", "usr-1", clock_.now() - domain::hours{1})) << "the later word stands";
    for (const std::string& early : {known, token()}) {
        const auto refused = await(bearers->verify(early));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::token_invalid);
    }
    const auto later = std::to_string(now_ + domain::bar_tolerance.count() + 1);
    const auto again = await(bearers->verify(token(R"("exp":)", R"("iat":)" + later + R"(,"exp":)")));
    ASSERT_TRUE(again) << "they signed in again";
    EXPECT_FALSE(bearers->is_barred(again->caller, again->sign_in));

    bearers->forget_bars(clock_.now() + domain::seconds{1});
    EXPECT_TRUE(await(bearers->verify(known)));
}

TEST_F(BearerVerifierTest, refuses_the_tokens_of_one_session_where_only_that_was_revoked) {
    const auto bearers = verifier();
    bearers->bar({.tenant = domain::TenantId::parse("hill").value(),
                  .user = domain::UserId::parse("usr-1").value(),
                  .session = "s-1",
                  .barred_at = clock_.now()});

    const auto of = [&](const std::string& claim) {
        return await(bearers->verify(token(R"("exp":)", claim + R"("exp":)")));
    };
    EXPECT_FALSE(of(R"("sid":"s-1",)"));
    EXPECT_FALSE(of(R"("session_state":"s-1",)"));
    EXPECT_FALSE(of("")) << "nobody can tell which it is of";
    EXPECT_TRUE(of(R"("sid":"s-2",)"));
}

TEST_F(BearerVerifierTest, believes_no_token_longer_than_bars_are_kept) {
    const auto issued = [&](std::int64_t seconds_ago) {
        return token(R"("exp":)", R"("iat":)" + std::to_string(now_ - seconds_ago) + R"(,"exp":)");
    };
    const std::int64_t life = domain::seconds{domain::bearer_life_max}.count();
    EXPECT_TRUE(await(verifier()->verify(issued(life - 1))));
    expect_refused(issued(life), "The token was issued too long ago.");
    expect_refused(token(R"("exp":)", R"("iat":"now","exp":)"),
                   "The token does not say rightly when it was issued.");
}

/// What a realm of Keycloak says, with the roles of the realm, of this service's client and of another one.
std::string keycloak_claims(std::int64_t expires_at, std::string_view type = "Bearer") {
    return R"({"iss":"https://id.example","aud":["vcare","account"],"sub":"f81d4fae","azp":"vcare-pages",)"
           R"("typ":")" +
           std::string{type} +
           R"(","tenantId":"hill","scope":"openid profile","preferred_username":"karimi",)"
           R"("realm_access":{"roles":["offline_access","admin"]},)"
           R"("resource_access":{"virtual/care":{"roles":["doctors"]},"account":{"roles":["auditor"]}},)"
           R"("exp":)" +
           std::to_string(expires_at) + "}";
}

class KeycloakTokensTest : public BearerVerifierTest {
  protected:
    Result<BearerVerifier::Verified> verify(const std::string& claims) {
        TrustedIssuer issuer{
            .issuer = "https://id.example",
            .audience = "vcare",
            .keys = jwks_,
            .may_give = {StaffRole::clinician, StaffRole::scheduler, StaffRole::admin},
            .claims = {.roles = {"/realm_access/roles", "/resource_access/virtual~1care/roles"},
                       .scope = "",
                       .name = "preferred_username"},
            .role_words = words_,
            .clients = {"vcare-pages"}};
        return await(
            make_bearer_verifier({std::move(issuer)}, clock_)->verify(signed_by(key_, header_, claims)));
    }

    std::multimap<std::string, StaffRole> words_ = {{"doctors", StaffRole::clinician},
                                                    {"doctors", StaffRole::scheduler},
                                                    {"doctors", StaffRole::auditor}};
};

TEST_F(KeycloakTokensTest, give_the_roles_that_its_words_mean_and_the_scopes_of_those) {
    const auto verdict = verify(keycloak_claims(now_ + 600));

    ASSERT_TRUE(verdict) << verdict.error().detail;
    EXPECT_EQ(verdict->caller.roles, (EnumSet{StaffRole::clinician, StaffRole::scheduler}))
        << "the realm's admin is none of ours, and an auditor is not this issuer's to give";
    EXPECT_TRUE(verdict->caller.scopes.contains(Scope::session_admit));
    EXPECT_FALSE(verdict->caller.scopes.contains(Scope::audit_read));
    EXPECT_EQ(verdict->caller.name, "karimi");
}

TEST_F(KeycloakTokensTest, use_our_own_words_where_none_are_translated) {
    words_.clear();

    const auto verdict = verify(keycloak_claims(now_ + 600));

    ASSERT_TRUE(verdict) << verdict.error().detail;
    EXPECT_EQ(verdict->caller.roles, EnumSet{StaffRole::admin});
}

TEST_F(KeycloakTokensTest, are_refused_when_they_were_made_for_something_else) {
    for (const std::string_view kind : {"ID", "Refresh", "Offline", "Logout"}) {
        const auto verdict = verify(keycloak_claims(now_ + 600, kind));
        ASSERT_FALSE(verdict) << kind;
        EXPECT_EQ(verdict.error().detail, "This is no access token.");
    }
    const auto verdict = verify(replaced(keycloak_claims(now_ + 600), "vcare-pages", "other-pages"));
    ASSERT_FALSE(verdict);
    EXPECT_EQ(verdict.error().detail, "The token was made for another client.");
}

TEST_F(BearerVerifierTest, takes_no_id_token_for_an_access_token) {
    for (const std::string_view claim : {R"("nonce":"n",)", R"("at_hash":"h",)", R"("events":{},)"})
        expect_refused(token(R"("sub")", std::string{claim} + R"("sub")"), "This is no access token.");
}

TEST_F(BearerVerifierTest, reads_one_role_and_scopes_in_a_list_where_an_issuer_has_them_so) {
    const std::string claims =
        replaced(replaced(claims_, R"(["clinician","offline_access","tenant_admin"])", R"("clinician")"),
                 R"("openid virtual_care:session:read virtual_care:session:admit")",
                 R"(["virtual_care:session:read"])");

    const auto verdict = await(verifier()->verify(signed_by(key_, header_, claims)));

    ASSERT_TRUE(verdict) << verdict.error().detail;
    EXPECT_EQ(verdict->caller.roles, EnumSet{StaffRole::clinician});
    EXPECT_EQ(verdict->caller.scopes, EnumSet{Scope::session_read});
}

TEST_F(BearerVerifierTest, gives_everybody_of_a_portal_the_one_role_it_may_give) {
    TrustedIssuer portal{.issuer = "https://id.example",
                         .audience = "vcare",
                         .keys = jwks_,
                         .may_give = {StaffRole::patient},
                         .claims = {.roles = {}, .scope = ""},
                         .gives_everybody = StaffRole::patient};
    const auto bearers = make_bearer_verifier({std::move(portal)}, clock_);

    const auto verdict = await(bearers->verify(token()));

    ASSERT_TRUE(verdict) << verdict.error().detail;
    EXPECT_EQ(verdict->caller.roles, EnumSet{StaffRole::patient})
        << "it says clinician, which is not its to say";
    EXPECT_FALSE(verdict->caller.scopes.contains(Scope::session_admit));
    EXPECT_TRUE(verdict->caller.scopes.contains(Scope::session_read));
}

TEST_F(BearerVerifierTest, believes_each_issuer_only_with_its_own_key) {
    const crypto::Es256Key portal_key = crypto::Es256Key::generate();
    const auto bearers =
        make_bearer_verifier({{.issuer = "https://id.example",
                               .audience = "vcare",
                               .keys = jwks_,
                               .may_give = {StaffRole::clinician}},
                              {.issuer = "https://portal.example",
                               .audience = "vcare",
                               .keys = std::make_shared<CountingJwks>("k1", portal_key.public_key()),
                               .may_give = {StaffRole::patient}}},
                             clock_);
    const std::string portal_claims = replaced(claims_, "id.example", "portal.example");

    const auto by_portal = await(bearers->verify(signed_by(portal_key, header_, portal_claims)));
    ASSERT_TRUE(by_portal);
    EXPECT_TRUE(by_portal->caller.roles.empty()) << "the portal may not make anybody a clinician";
    EXPECT_FALSE(await(bearers->verify(signed_by(portal_key, header_, claims_))));
    EXPECT_FALSE(await(bearers->verify(signed_by(key_, header_, portal_claims))));
}

TEST_F(BearerVerifierTest, verifies_a_token_of_the_embedded_issuer) {
    const EmbeddedIssuer issuer{key_, "vcare"};
    const auto bearers = make_bearer_verifier({issuer.as_trusted()}, clock_);

    const auto verdict =
        await(bearers->verify(issuer.sign({.user = domain::UserId::parse("usr-1").value(),
                                           .tenant = domain::TenantId::parse("hill").value(),
                                           .roles = {StaffRole::auditor},
                                           .nodes = {domain::NodeId::parse("ward-2").value()},
                                           .name = "نسرین",
                                           .issued_at = clock_.now(),
                                           .ttl = domain::seconds{60}})));

    ASSERT_TRUE(verdict) << verdict.error().detail;
    EXPECT_EQ(verdict->caller.roles, EnumSet{StaffRole::auditor});
    EXPECT_EQ(verdict->caller.scopes, (EnumSet{Scope::session_read, Scope::audit_read}));
    EXPECT_EQ(verdict->caller.nodes.size(), 1U);
    EXPECT_EQ(verdict->caller.name, "نسرین");
    EXPECT_EQ(verdict->expires_at, clock_.now() + domain::seconds{60});
}

/// Signs with RSA, as most OIDC providers do.
class RsaKey {
  public:
    [[nodiscard]] std::string number(const char* name) const {
        BIGNUM* value = nullptr;
        EVP_PKEY_get_bn_param(key_.get(), name, &value);
        std::string bytes(static_cast<std::size_t>(BN_num_bytes(value)), '\0');
        BN_bn2bin(value, reinterpret_cast<unsigned char*>(bytes.data()));
        BN_free(value);
        return bytes;
    }
    [[nodiscard]] std::string sign(std::string_view text) const {
        EVP_MD_CTX* const context = EVP_MD_CTX_new();
        EVP_DigestSignInit_ex(context, nullptr, "SHA256", nullptr, nullptr, key_.get(), nullptr);
        std::string signature(512, '\0');
        std::size_t length = signature.size();
        EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &length,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size());
        EVP_MD_CTX_free(context);
        signature.resize(length);
        return signature;
    }

  private:
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_{EVP_RSA_gen(2048), &EVP_PKEY_free};
};

TEST_F(BearerVerifierTest, verifies_rs256_and_takes_no_rsa_key_for_es256) {
    const RsaKey rsa;
    jwks_ = std::make_shared<CountingJwks>(
        "k1", crypto::PublicKey::of_rsa(rsa.number("n"), rsa.number("e")).value());
    const auto signed_by_rsa = [&](std::string_view header) {
        std::string input = crypto::jws_signing_input(header, claims_);
        const std::string signature = rsa.sign(input);
        return crypto::to_compact_jws(std::move(input), signature);
    };

    EXPECT_TRUE(await(verifier()->verify(signed_by_rsa(replaced(header_, "ES256", "RS256")))));
    expect_refused(signed_by_rsa(header_), "The token's key is for another algorithm.");
}

}  // namespace
}  // namespace vcare::identity
