// SPDX-License-Identifier: Apache-2.0
#include "adapters/keys/cryptography.hpp"

#include <gtest/gtest.h>

#include "adapters/crypto/compact_jws.hpp"
#include "adapters/crypto/digest.hpp"
#include "adapters/keys/join_token_codec.hpp"

namespace vcare::keys {
namespace {

using application::JoinTokenClaims;
using application::TenantKey;

const TenantKey key{.bytes = std::string(32, 'k'), .version = 3};

JoinTokenClaims some_claims() {
    const auto start = domain::parse_rfc3339("2026-03-01T09:30:00Z").value();
    return {.issuer = "urn:vcare",
            .tenant = domain::TenantId::parse("hill").value(),
            .session = domain::SessionId::make(start, {}),
            .participant = domain::ParticipantId::make(start, {}),
            .role = domain::Role::interpreter,
            .jti = "jti-1",
            .issued_at = start,
            .window = {.valid_from = start, .expires_at = start + domain::hours{1}}};
}

/// A token with these two parts, rightly signed.
std::string signed_token(std::string_view header, std::string_view claims) {
    std::string input = crypto::jws_signing_input(header, claims);
    const std::string signature = crypto::hmac_sha256(key.bytes, input);
    return crypto::to_compact_jws(std::move(input), signature);
}

TEST(JoinToken, says_after_verification_what_was_signed) {
    const auto crypto = make_cryptography();

    EXPECT_EQ(crypto->verify_join_token(key, crypto->sign_join_token(key, some_claims())), some_claims());
}

TEST(JoinToken, tells_tenant_and_key_version_before_verification) {
    const auto crypto = make_cryptography();

    const auto peeked = crypto->peek_join_token(crypto->sign_join_token(key, some_claims()));

    ASSERT_TRUE(peeked);
    EXPECT_EQ(peeked->tenant.text(), "hill");
    EXPECT_EQ(peeked->key_version, 3U);
}

TEST(JoinToken, is_the_same_text_for_the_same_claims) {
    const auto crypto = make_cryptography();

    EXPECT_EQ(crypto->sign_join_token(key, some_claims()), crypto->sign_join_token(key, some_claims()));
}

TEST(JoinToken, is_void_when_one_character_is_another) {
    const auto crypto = make_cryptography();
    const std::string token = crypto->sign_join_token(key, some_claims());

    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string changed = token;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(crypto->verify_join_token(key, changed)) << "character " << i;
    }
}

TEST(JoinToken, is_void_under_another_key_or_version) {
    const auto crypto = make_cryptography();
    const std::string token = crypto->sign_join_token(key, some_claims());

    EXPECT_FALSE(crypto->verify_join_token({.bytes = std::string(32, 'x'), .version = 3}, token));
    EXPECT_FALSE(crypto->verify_join_token({.bytes = key.bytes, .version = 2}, token));
}

TEST(JoinToken, is_void_with_any_header_but_ours) {
    const auto crypto = make_cryptography();
    const std::string claims = write_join_token_claims(some_claims());

    for (const std::string_view header :
         {R"({"alg":"none","kid":"3","typ":"JWT"})", R"({"alg":"HS512","kid":"3","typ":"JWT"})",
          R"({"alg":"HS256","kid":"3"})", R"({"alg":"HS256","kid":"3","typ":"at+jwt"})",
          R"({"alg":"HS256","kid":"03x","typ":"JWT"})", R"({"alg":"HS256","kid":"0","typ":"JWT"})",
          R"({"alg":"HS256","kid":3,"typ":"JWT"})", R"({"alg":"HS256","kid":"3","typ":"JWT","crit":["b64"]})",
          R"(["HS256"])", "", "{"}) {
        EXPECT_FALSE(crypto->verify_join_token(key, signed_token(header, claims))) << header;
        EXPECT_FALSE(crypto->peek_join_token(signed_token(header, claims))) << header;
    }
}

TEST(JoinToken, is_void_when_a_claim_is_missing_or_no_value_of_ours) {
    const auto crypto = make_cryptography();
    const std::string header = write_join_token_header(3);
    const std::string whole = write_join_token_claims(some_claims());
    const auto with = [&](std::string_view what, std::string_view instead) {
        std::string changed = whole;
        return changed.replace(changed.find(what), what.size(), instead);
    };
    ASSERT_TRUE(crypto->verify_join_token(key, signed_token(header, whole)));

    for (const std::string& claims :
         {with(R"("iss")", R"("xss")"), with(R"("tenantId":"hill")", R"("tenantId":"a b")"),
          with("vsn_", "vsp_"), with(R"("participantId")", R"("participant")"), with("interpreter", "doctor"),
          with(R"("jti":"jti-1")", R"("jti":"")"), with(R"("exp":)", R"("exp":-)"),
          with(R"("nbf":)", R"("nbf":1e)"), with(R"("iat":)", R"("iat":99999)"), std::string{"[]"},
          std::string{"nonsense"}})
        EXPECT_FALSE(crypto->verify_join_token(key, signed_token(header, claims))) << claims;
}

TEST(JoinToken, is_not_looked_into_when_it_is_overlong) {
    const auto crypto = make_cryptography();
    JoinTokenClaims claims = some_claims();
    claims.jti = std::string(4000, 'j');

    EXPECT_FALSE(crypto->verify_join_token(key, crypto->sign_join_token(key, claims)));
}

TEST(Cryptography, hashes_and_encodes_as_its_standards_say) {
    const auto crypto = make_cryptography();

    EXPECT_EQ(crypto->sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(crypto->hmac_sha256_base64url("Jefe", "what do ya want for nothing?"),
              "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM");
    EXPECT_EQ(crypto->base64url("\xfb\xff"), "-_8");
}

TEST(Cryptography, opens_only_what_was_sealed_for_the_same_row) {
    const auto crypto = make_cryptography();
    const std::string sealed = crypto->seal(key, "12 Hill Street", "hill/whereabouts/1");

    EXPECT_EQ(crypto->open(key, sealed, "hill/whereabouts/1"), "12 Hill Street");
    EXPECT_FALSE(crypto->open(key, sealed, "hill/whereabouts/2"));
}

}  // namespace
}  // namespace vcare::keys
