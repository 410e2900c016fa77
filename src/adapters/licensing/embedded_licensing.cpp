// SPDX-License-Identifier: Apache-2.0
#include "adapters/licensing/embedded_licensing.hpp"

namespace vcare::licensing {
namespace {

class EmbeddedLicensing final : public application::Licensing {
  public:
    EmbeddedLicensing(application::TenantStore& tenants, std::set<domain::TenantId> unlicensed)
        : tenants_(tenants), unlicensed_(std::move(unlicensed)) {}

    Task<Result<bool>> is_licensed(domain::TenantScope scope, std::optional<domain::NodeId>) override {
        if (unlicensed_.contains(scope.tenant())) co_return false;
        const auto tenant = co_await tenants_.find_tenant(scope.tenant());
        if (!tenant) co_return std::unexpected{tenant.error()};
        co_return !*tenant || !(*tenant)->suspended;
    }

  private:
    application::TenantStore& tenants_;
    const std::set<domain::TenantId> unlicensed_;
};

}  // namespace

std::unique_ptr<application::Licensing> make_embedded_licensing(application::TenantStore& tenants,
                                                                std::set<domain::TenantId> unlicensed) {
    return std::make_unique<EmbeddedLicensing>(tenants, std::move(unlicensed));
}

}  // namespace vcare::licensing
