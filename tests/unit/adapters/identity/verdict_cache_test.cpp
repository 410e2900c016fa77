// SPDX-License-Identifier: Apache-2.0
#include "adapters/identity/verdict_cache.hpp"

#include <gtest/gtest.h>

namespace vcare::identity {
namespace {

const auto now = domain::parse_rfc3339("2026-03-01T09:30:00Z").value();

VerdictCache::Verified verdict_until(domain::Instant expires_at) {
    return {.caller = {.user = domain::UserId::parse("usr-1").value(),
                       .tenant = domain::TenantId::parse("hill").value()},
            .expires_at = expires_at};
}

VerdictCache::Key key_of(std::size_t number) {
    return VerdictCache::key_of(std::to_string(number));
}

TEST(VerdictCache, forgets_a_verdict_when_its_token_expires) {
    VerdictCache cache;
    const auto a = VerdictCache::key_of("a");
    cache.keep(a, verdict_until(now + domain::seconds{1}), now);

    EXPECT_TRUE(cache.find(a, now));
    EXPECT_FALSE(cache.find(a, now + domain::seconds{1}));
}

TEST(VerdictCache, looks_at_a_token_anew_after_a_while_however_long_it_lives) {
    VerdictCache cache;
    const auto a = VerdictCache::key_of("a");
    cache.keep(a, verdict_until(now + domain::hours{1}), now);

    EXPECT_TRUE(cache.find(a, now + VerdictCache::kept_for - domain::milliseconds{1}));
    EXPECT_FALSE(cache.find(a, now + VerdictCache::kept_for));

    cache.keep(a, verdict_until(now + domain::hours{1}), now + VerdictCache::kept_for);
    EXPECT_TRUE(cache.find(a, now + VerdictCache::kept_for));
}

TEST(VerdictCache, forgets_one_user_of_one_tenant) {
    VerdictCache cache;
    const auto keep = [&](std::size_t number, std::string_view tenant, std::string_view user) {
        auto verdict = verdict_until(now + domain::hours{1});
        verdict.caller.tenant = domain::TenantId::parse(tenant).value();
        verdict.caller.user = domain::UserId::parse(user).value();
        cache.keep(key_of(number), verdict, now);
    };
    keep(1, "hill", "usr-1");
    keep(2, "hill", "usr-1");
    keep(3, "hill", "usr-2");
    keep(4, "lake", "usr-1");

    cache.forget(domain::TenantId::parse("hill").value(), domain::UserId::parse("usr-1").value());
    EXPECT_FALSE(cache.find(key_of(1), now));
    EXPECT_FALSE(cache.find(key_of(2), now));
    EXPECT_TRUE(cache.find(key_of(3), now));
    EXPECT_TRUE(cache.find(key_of(4), now)) << "another tenant's user of the same name";
    EXPECT_EQ(cache.size(), 2U);
}

TEST(VerdictCache, lets_the_oldest_go_when_it_is_full) {
    VerdictCache cache;
    for (std::size_t i = 0; i <= VerdictCache::verdicts_max; ++i)
        cache.keep(key_of(i), verdict_until(now + domain::hours{1}), now);

    EXPECT_EQ(cache.size(), VerdictCache::verdicts_max);
    EXPECT_FALSE(cache.find(key_of(0), now));
    EXPECT_TRUE(cache.find(key_of(1), now));
    EXPECT_TRUE(cache.find(key_of(VerdictCache::verdicts_max), now));
}

}  // namespace
}  // namespace vcare::identity
