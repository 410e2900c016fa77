// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>

#include "application/context.hpp"
#include "application/ports/tenant_store.hpp"
#include "application/services.hpp"
#include "application/task.hpp"
#include "domain/barred_user.hpp"

namespace vcare::application {

/// Turns a bearer into a caller in the scope of their own tenant. A tenant that a valid token names exists
/// from then on, with a default configuration. Belongs to one event loop.
class StaffAuthentication {
  public:
    explicit StaffAuthentication(const Services& services) : services_(services) {}

    struct Verified {
        StaffContext context;
        domain::Instant expires_at;
        domain::SignIn sign_in;
    };
    [[nodiscard]] Task<Result<Verified>> operator()(std::string bearer, RequestContext request);

    /// The tenant a platform_admin names on configuration calls; `access_denied` for anybody else
    /// who names one, validation_error at `/tenantId` when a platform_admin names none.
    [[nodiscard]] Task<Result<StaffContext>> in_tenant(StaffContext context,
                                                       std::optional<domain::TenantId> tenant);

  private:
    Task<Result<void>> ensure_tenant(domain::TenantId tenant);

    Services services_;
    std::set<domain::TenantId> known_;  // bounded; only spares a read
};

/// The tenant as it is, or made now with a default configuration and a short key of its own.
[[nodiscard]] Task<Result<TenantRecord>> make_tenant(Services services, domain::TenantId tenant);

}  // namespace vcare::application
