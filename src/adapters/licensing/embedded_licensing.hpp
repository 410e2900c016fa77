// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <set>

#include "application/ports/licensing.hpp"
#include "application/ports/tenant_store.hpp"

namespace vcare::licensing {

/// `tenants` outlives it.
[[nodiscard]] std::unique_ptr<application::Licensing> make_embedded_licensing(
    application::TenantStore& tenants, std::set<domain::TenantId> unlicensed);

}  // namespace vcare::licensing
