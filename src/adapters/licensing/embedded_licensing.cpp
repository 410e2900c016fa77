// SPDX-License-Identifier: Apache-2.0
#include "adapters/licensing/embedded_licensing.hpp"

#include <mutex>

namespace vcare::licensing {
namespace {

class ListedLicensing final : public EmbeddedLicensing {
  public:
    ListedLicensing(application::TenantStore& tenants, std::set<domain::TenantId> unlicensed)
        : tenants_(tenants), unlicensed_(std::move(unlicensed)) {}

    Task<Result<bool>> is_licensed(domain::TenantScope scope, std::optional<domain::NodeId> node) override {
        if (is_switched_off(scope.tenant())) co_return false;
        const auto tenant = co_await tenants_.find_tenant(scope.tenant());
        if (!tenant) co_return std::unexpected{tenant.error()};
        if (*tenant && (*tenant)->suspended) co_return false;
        if (node) {
            const auto said = co_await tenants_.find_facility_licence(scope, *node);
            if (!said) co_return std::unexpected{said.error()};
            if (*said) co_return **said;
        }
        co_return !*tenant || (*tenant)->licensed;
    }

    void switch_off(std::set<domain::TenantId> unlicensed) override {
        const std::lock_guard lock{mutex_};
        unlicensed_ = std::move(unlicensed);
    }

  private:
    [[nodiscard]] bool is_switched_off(const domain::TenantId& tenant) const {
        const std::lock_guard lock{mutex_};
        return unlicensed_.contains(tenant);
    }

    application::TenantStore& tenants_;
    mutable std::mutex mutex_;
    std::set<domain::TenantId> unlicensed_;
};

}  // namespace

std::unique_ptr<EmbeddedLicensing> make_embedded_licensing(application::TenantStore& tenants,
                                                           std::set<domain::TenantId> unlicensed) {
    return std::make_unique<ListedLicensing>(tenants, std::move(unlicensed));
}

}  // namespace vcare::licensing
