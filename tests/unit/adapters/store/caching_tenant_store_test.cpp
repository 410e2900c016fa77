// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/caching_tenant_store.hpp"

#include <gtest/gtest.h>

#include "application/tenant_authority.hpp"
#include "unit/adapters/await.hpp"
#include "unit/adapters/fixed_clock.hpp"

namespace vcare::store {
namespace {

using application::TenantRecord;
using vcare::tests::await;

/// Counts how often it is asked.
class CountingTenants final : public application::TenantStore {
  public:
    std::vector<TenantRecord> tenants;
    std::map<std::string, bool> licences;  ///< of facilities, as tenant/facility
    bool is_away = false;
    unsigned asked = 0;

    Task<Result<std::optional<TenantRecord>>> find_tenant(domain::TenantId id) override {
        co_return find([&](const TenantRecord& tenant) { return tenant.id == id; });
    }
    Task<Result<std::optional<TenantRecord>>> find_tenant_by_short_key(std::string key) override {
        co_return find([&](const TenantRecord& tenant) { return tenant.short_key == key; });
    }
    Task<Result<std::vector<TenantRecord>>> list_tenants() override { co_return tenants; }
    Task<Result<TenantRecord>> ensure_tenant(TenantRecord wanted, domain::StoredTenantConfig) override {
        tenants.push_back(wanted);
        co_return wanted;
    }
    Task<Result<void>> suspend_tenant(domain::TenantId id, bool suspended) override {
        for (auto& tenant : tenants) {
            if (tenant.id == id) tenant.suspended = suspended;
        }
        co_return Result<void>{};
    }
    Task<Result<domain::StoredTenantConfig>> load_config(domain::TenantScope) override {
        co_return domain::refuse(ErrorCode::not_found);
    }

    Task<Result<std::optional<bool>>> find_facility_licence(domain::TenantScope scope,
                                                            domain::NodeId node) override {
        ++asked;
        if (is_away) co_return domain::refuse(ErrorCode::store_unavailable);
        const auto known = licences.find(scope.tenant().text() + "/" + node.text());
        co_return known == licences.end() ? std::nullopt : std::optional{known->second};
    }

  private:
    template <class Is>
    Result<std::optional<TenantRecord>> find(Is is) {
        ++asked;
        if (is_away) return domain::refuse(ErrorCode::store_unavailable);
        for (const auto& tenant : tenants) {
            if (is(tenant)) return tenant;
        }
        return std::optional<TenantRecord>{};
    }
};

class CachingTenantStoreTest : public testing::Test {
  protected:
    static domain::TenantId id_of(std::string_view text) { return domain::TenantId::parse(text).value(); }
    std::optional<TenantRecord> find(std::string_view id) {
        return await(cached->find_tenant(id_of(id))).value();
    }
    std::optional<TenantRecord> find_by_short_key(std::string key) {
        return await(cached->find_tenant_by_short_key(std::move(key))).value();
    }
    Result<std::optional<bool>> licence_of(std::string_view tenant, std::string_view node) {
        const auto scope = application::TenantAuthority::of_operator(id_of(tenant));
        return await(cached->find_facility_licence(scope, domain::NodeId::parse(node).value()));
    }

    vcare::tests::FixedClock clock;
    CountingTenants inner;
    std::unique_ptr<application::TenantStore> cached = make_caching_tenant_store(inner, clock);
};

TEST_F(CachingTenantStoreTest, asks_once_for_a_tenant_that_is_there) {
    inner.tenants = {{.id = id_of("hill"), .short_key = "abc123"}};

    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(find("hill")->short_key, "abc123");
        EXPECT_EQ(find_by_short_key("abc123")->id, id_of("hill"));
    }

    EXPECT_EQ(inner.asked, 2U) << "once by id, once by short key";
}

TEST_F(CachingTenantStoreTest, finds_a_tenant_as_soon_as_it_is_made) {
    EXPECT_FALSE(find("hill"));
    EXPECT_FALSE(find_by_short_key("abc123"));

    EXPECT_TRUE(await(cached->ensure_tenant(
        {.id = id_of("hill"), .short_key = "abc123"},
        {.id = domain::TenantConfigId::make(clock.now(), {}), .tenant = id_of("hill")})));

    EXPECT_TRUE(find("hill"));
    EXPECT_TRUE(find_by_short_key("abc123"));
}

TEST_F(CachingTenantStoreTest, sees_a_suspension_after_a_few_seconds) {
    inner.tenants = {{.id = id_of("hill"), .short_key = "abc123"}};
    EXPECT_FALSE(find("hill")->suspended);
    inner.tenants[0].suspended = true;

    clock.advance(tenant_remembered_for);

    EXPECT_TRUE(find("hill")->suspended);
}

TEST_F(CachingTenantStoreTest, asks_once_in_a_while_for_the_licence_of_each_facility) {
    inner.licences = {{"hill/ward-1", false}, {"lake/ward-1", true}};

    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(licence_of("hill", "ward-1").value(), std::optional{false});
        EXPECT_EQ(licence_of("lake", "ward-1").value(), std::optional{true});
        EXPECT_EQ(licence_of("hill", "ward-2").value(), std::nullopt);
    }
    EXPECT_EQ(inner.asked, 3U);

    inner.licences = {{"hill/ward-2", false}};
    clock.advance(tenant_remembered_for);
    EXPECT_EQ(licence_of("hill", "ward-1").value(), std::nullopt);
    EXPECT_EQ(licence_of("hill", "ward-2").value(), std::optional{false});
}

TEST_F(CachingTenantStoreTest, remembers_no_licence_that_the_store_could_not_tell) {
    inner.is_away = true;
    EXPECT_EQ(licence_of("hill", "ward-1").error().code, ErrorCode::store_unavailable);

    inner.is_away = false;
    EXPECT_EQ(licence_of("hill", "ward-1").value(), std::nullopt);
}

TEST_F(CachingTenantStoreTest, says_that_the_store_is_away_and_remembers_nothing_of_it) {
    inner.tenants = {{.id = id_of("hill"), .short_key = "abc123"}};
    inner.is_away = true;
    EXPECT_EQ(await(cached->find_tenant(id_of("hill"))).error().code, ErrorCode::store_unavailable);

    inner.is_away = false;
    EXPECT_TRUE(find("hill"));
}

TEST_F(CachingTenantStoreTest, forgets_everybody_when_there_are_too_many) {
    for (std::size_t i = 0; i <= tenants_remembered_max; ++i)
        inner.tenants.push_back({.id = id_of("t" + std::to_string(i)), .short_key = std::to_string(i)});
    (void)find("t0");
    for (std::size_t i = 1; i <= tenants_remembered_max; ++i) {
        inner.tenants[0] = inner.tenants[i];  // found at once, however many there are
        (void)find("t" + std::to_string(i));
    }
    const auto asked = inner.asked;

    inner.tenants[0] = {.id = id_of("t0"), .short_key = "0"};
    EXPECT_TRUE(find("t0"));

    EXPECT_EQ(inner.asked, asked + 1);
}

}  // namespace
}  // namespace vcare::store
