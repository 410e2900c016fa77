// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/unit_of_work.hpp"

namespace vcare::application {

/// What is known of a tenant without its configuration.
struct TenantRecord {
    domain::TenantId id;
    std::string short_key;  ///< 6 characters, random, unique, in every link of the tenant; no secret
    bool suspended = false;
    domain::Instant created_at = {};
    bool licensed = true;  ///< what the platform says of the module
};

/// The tenants themselves. These reads come before any credential could name a scope, and give away
/// nothing but that a tenant exists.
class TenantStore {
  public:
    virtual ~TenantStore() = default;
    [[nodiscard]] virtual Task<Result<std::optional<TenantRecord>>> find_tenant(domain::TenantId id) = 0;
    [[nodiscard]] virtual Task<Result<std::optional<TenantRecord>>> find_tenant_by_short_key(
        std::string key) = 0;
    [[nodiscard]] virtual Task<Result<std::vector<TenantRecord>>> list_tenants() = 0;
    /// Makes the tenant with a default configuration, or finds the one that is there.
    [[nodiscard]] virtual Task<Result<TenantRecord>> ensure_tenant(TenantRecord wanted,
                                                                   domain::StoredTenantConfig config) = 0;
    [[nodiscard]] virtual Task<Result<void>> suspend_tenant(domain::TenantId id, bool suspended) = 0;
    [[nodiscard]] virtual Task<Result<domain::StoredTenantConfig>> load_config(domain::TenantScope scope) = 0;
    /// What the platform says of the module at one facility; nothing: what it says of the tenant counts.
    [[nodiscard]] virtual Task<Result<std::optional<bool>>> find_facility_licence(domain::TenantScope scope,
                                                                                  domain::NodeId node) = 0;
};

}  // namespace vcare::application
