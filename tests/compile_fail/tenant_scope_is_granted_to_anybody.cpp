// SPDX-License-Identifier: Apache-2.0
// Only what verified a credential is granted a tenant.
#include "application/tenant_authority.hpp"

using namespace vcare;

domain::TenantScope reach(domain::TenantId tenant) {
#ifdef VCARE_CONTROL
    return application::TenantAuthority::of_operator(std::move(tenant));
#else
    return application::TenantAuthority::grant(std::move(tenant));
#endif
}
