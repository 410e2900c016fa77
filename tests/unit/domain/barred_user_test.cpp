// SPDX-License-Identifier: Apache-2.0
#include "domain/barred_user.hpp"

#include <gtest/gtest.h>

namespace vcare::domain {
namespace {

constexpr Instant noon = from_unix_ms(1'800'000'000'000);

BarredUser barred(std::string session = {}) {
    return {.tenant = TenantId::parse("north").value(),
            .user = UserId::parse("dr-north").value(),
            .session = std::move(session),
            .barred_at = noon};
}

TEST(BarredUser, has_every_bearer_void_that_was_issued_before_and_none_of_a_later_sign_in) {
    EXPECT_TRUE(is_void({.issued_at = noon - hours{8}}, barred()));
    EXPECT_TRUE(is_void({.issued_at = noon}, barred()));
    EXPECT_TRUE(is_void({.issued_at = noon + bar_tolerance}, barred())) << "clocks differ";
    EXPECT_FALSE(is_void({.issued_at = noon + bar_tolerance + milliseconds{1}}, barred()));
    EXPECT_TRUE(is_void({}, barred())) << "nobody can tell when it was issued";
}

TEST(BarredUser, loses_one_session_where_only_that_was_revoked) {
    EXPECT_TRUE(is_void({.issued_at = noon, .session = "s-1"}, barred("s-1")));
    EXPECT_FALSE(is_void({.issued_at = noon, .session = "s-2"}, barred("s-1")));
    EXPECT_TRUE(is_void({.issued_at = noon}, barred("s-1"))) << "nobody can tell which session it is of";
    EXPECT_TRUE(is_void({.issued_at = noon, .session = "s-2"}, barred())) << "all were revoked";
}

}  // namespace
}  // namespace vcare::domain
