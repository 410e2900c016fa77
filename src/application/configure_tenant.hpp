// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/session_desk.hpp"

namespace vcare::application {

/// Reads and replaces a tenant's configuration.
class ConfigureTenant {
  public:
    explicit ConfigureTenant(const Services& services) : services_(services) {}

    [[nodiscard]] Task<Result<domain::StoredTenantConfig>> read(StaffContext context);
    /// The whole document; `optimistic_lock_conflict` when `version` is stale.
    [[nodiscard]] Task<Result<domain::StoredTenantConfig>> replace(StaffContext context,
                                                                   domain::TenantConfig config,
                                                                   std::uint64_t version);
    /// Branding and languages, for anybody; `not_found` for a tenant that is not there.
    [[nodiscard]] Task<Result<domain::TenantConfig>> public_part(domain::TenantId tenant);

  private:
    Services services_;
};

}  // namespace vcare::application
