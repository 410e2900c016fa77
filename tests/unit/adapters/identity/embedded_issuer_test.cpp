// SPDX-License-Identifier: Apache-2.0
#include "adapters/identity/embedded_issuer.hpp"

#include <gmock/gmock.h>

#include "adapters/crypto/compact_jws.hpp"
#include "adapters/identity/token_codec.hpp"

namespace vcare::identity {
namespace {

using domain::Scope;
using domain::StaffRole;
using testing::HasSubstr;
using testing::Not;

StaffTokenClaims a_clinician() {
    return {.user = domain::UserId::parse("usr-1").value(),
            .tenant = domain::TenantId::parse("hill").value(),
            .roles = {StaffRole::clinician},
            .issued_at = domain::parse_rfc3339("2026-03-01T09:30:00Z").value()};
}

std::string claims_of(const std::string& token) {
    return crypto::parse_compact_jws(token).value().payload;
}

TEST(EmbeddedIssuer, gives_every_scope_the_roles_may_have_unless_some_are_named) {
    const EmbeddedIssuer issuer{crypto::Es256Key::generate(), "vcare"};
    StaffTokenClaims named = a_clinician();
    named.scopes = {Scope::session_read};

    const std::string all = claims_of(issuer.sign(a_clinician()));

    EXPECT_THAT(all, HasSubstr("virtual_care:session:create virtual_care:session:read"));
    EXPECT_THAT(all, Not(HasSubstr("virtual_care:config:write")));
    EXPECT_THAT(claims_of(issuer.sign(named)), HasSubstr(R"("scope":"virtual_care:session:read")"));
}

TEST(EmbeddedIssuer, names_its_key_by_the_thumbprint) {
    const crypto::Es256Key key = crypto::Es256Key::generate();
    const EmbeddedIssuer issuer{key, "vcare"};

    const auto header =
        parse_token_header(crypto::parse_compact_jws(issuer.sign(a_clinician())).value().header);

    ASSERT_TRUE(header);
    EXPECT_EQ(header->kid.size(), 43U);
    EXPECT_THAT(issuer.jwks(), HasSubstr("\"kid\":\"" + header->kid + '"'));
    EXPECT_EQ(issuer.jwks(), (EmbeddedIssuer{key, "vcare"}.jwks()));
}

TEST(EmbeddedIssuer, signs_no_two_tokens_alike) {
    const EmbeddedIssuer issuer{crypto::Es256Key::generate(), "vcare"};

    EXPECT_NE(claims_of(issuer.sign(a_clinician())), claims_of(issuer.sign(a_clinician())));
}

}  // namespace
}  // namespace vcare::identity
