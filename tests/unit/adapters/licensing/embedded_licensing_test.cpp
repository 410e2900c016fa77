// SPDX-License-Identifier: Apache-2.0
#include "adapters/licensing/embedded_licensing.hpp"

#include <gtest/gtest.h>

#include "application/tenant_authority.hpp"
#include "unit/adapters/await.hpp"

namespace vcare::licensing {
namespace {

using application::TenantRecord;
using tests::await;

const auto hill = domain::TenantId::parse("hill").value();
const auto lake = domain::TenantId::parse("lake").value();

const auto ward = domain::NodeId::parse("ward-2").value();
const auto other_ward = domain::NodeId::parse("ward-3").value();

/// Knows at most one tenant.
class OneTenantStore final : public application::TenantStore {
  public:
    Result<std::optional<TenantRecord>> tenant = std::nullopt;
    Result<std::optional<bool>> of_ward = std::nullopt;

    Task<Result<std::optional<TenantRecord>>> find_tenant(domain::TenantId) override { co_return tenant; }
    Task<Result<std::optional<TenantRecord>>> find_tenant_by_short_key(std::string) override {
        co_return std::nullopt;
    }
    Task<Result<std::vector<TenantRecord>>> list_tenants() override { co_return std::vector<TenantRecord>{}; }
    Task<Result<TenantRecord>> ensure_tenant(TenantRecord, domain::StoredTenantConfig) override {
        co_return domain::refuse(ErrorCode::not_found);
    }
    Task<Result<void>> suspend_tenant(domain::TenantId, bool) override { co_return Result<void>{}; }
    Task<Result<domain::StoredTenantConfig>> load_config(domain::TenantScope) override {
        co_return domain::refuse(ErrorCode::not_found);
    }
    Task<Result<std::optional<bool>>> find_facility_licence(domain::TenantScope,
                                                            domain::NodeId node) override {
        if (node != ward) co_return std::nullopt;
        co_return of_ward;
    }
};

class EmbeddedLicensingTest : public testing::Test {
  protected:
    Result<bool> is_licensed(const domain::TenantId& tenant, std::optional<domain::NodeId> node = ward) {
        return await(licensing_->is_licensed(application::TenantAuthority::of_operator(tenant), node));
    }

    OneTenantStore store_;
    std::unique_ptr<EmbeddedLicensing> licensing_ = make_embedded_licensing(store_, {lake});
};

TEST_F(EmbeddedLicensingTest, licenses_every_tenant_that_is_not_listed) {
    EXPECT_TRUE(is_licensed(hill).value());

    store_.tenant = TenantRecord{.id = hill, .short_key = "abc123"};
    EXPECT_TRUE(is_licensed(hill).value());
}

TEST_F(EmbeddedLicensingTest, licenses_no_tenant_that_is_listed) {
    EXPECT_FALSE(is_licensed(lake).value());
}

TEST_F(EmbeddedLicensingTest, takes_another_list_while_it_runs) {
    licensing_->switch_off({hill});

    EXPECT_FALSE(is_licensed(hill).value());
    EXPECT_TRUE(is_licensed(lake).value());
}

TEST_F(EmbeddedLicensingTest, licenses_no_tenant_while_it_is_suspended) {
    store_.tenant = TenantRecord{.id = hill, .short_key = "abc123", .suspended = true};

    EXPECT_FALSE(is_licensed(hill).value());
}

TEST_F(EmbeddedLicensingTest, obeys_what_is_said_of_a_facility_before_what_is_said_of_its_tenant) {
    for (const bool whole_tenant : {true, false}) {
        store_.tenant = TenantRecord{.id = hill, .short_key = "abc123", .licensed = whole_tenant};
        store_.of_ward = std::optional{!whole_tenant};

        EXPECT_EQ(is_licensed(hill, ward).value(), !whole_tenant);
        EXPECT_EQ(is_licensed(hill, other_ward).value(), whole_tenant);
        EXPECT_EQ(is_licensed(hill, std::nullopt).value(), whole_tenant);
    }
}

TEST_F(EmbeddedLicensingTest, licenses_no_facility_of_a_tenant_that_is_suspended_or_listed) {
    store_.of_ward = std::optional{true};
    store_.tenant = TenantRecord{.id = hill, .short_key = "abc123", .suspended = true};

    EXPECT_FALSE(is_licensed(hill, ward).value());
    EXPECT_FALSE(is_licensed(lake, ward).value());
}

TEST_F(EmbeddedLicensingTest, does_not_guess_when_the_store_cannot_say) {
    store_.of_ward = domain::refuse(ErrorCode::store_unavailable);
    EXPECT_EQ(is_licensed(hill, ward).error().code, ErrorCode::store_unavailable);
    EXPECT_TRUE(is_licensed(hill, std::nullopt).value());

    store_.tenant = domain::refuse(ErrorCode::store_unavailable);
    EXPECT_EQ(is_licensed(hill, std::nullopt).error().code, ErrorCode::store_unavailable);
}

}  // namespace
}  // namespace vcare::licensing
