// SPDX-License-Identifier: Apache-2.0
// No tenant's data is reached by naming the tenant.
#include "application/tenant_authority.hpp"

using namespace vcare;

domain::TenantScope reach(domain::TenantId tenant) {
#ifdef VCARE_CONTROL
    return application::TenantAuthority::of_operator(std::move(tenant));
#else
    return domain::TenantScope{std::move(tenant)};
#endif
}
