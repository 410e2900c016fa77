// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <set>

#include "application/ports/licensing.hpp"
#include "application/ports/tenant_store.hpp"

namespace vcare::licensing {

class EmbeddedLicensing : public application::Licensing {
  public:
    /// From now on these tenants are switched off, and no others. From any thread.
    virtual void switch_off(std::set<domain::TenantId> unlicensed) = 0;
};

/// `tenants` outlives it.
[[nodiscard]] std::unique_ptr<EmbeddedLicensing> make_embedded_licensing(
    application::TenantStore& tenants, std::set<domain::TenantId> unlicensed);

}  // namespace vcare::licensing
