// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "domain/tenant_scope.hpp"

namespace vcare::application {

class QueueItem;
class StaffAuthentication;
class VisitAuthentication;
class LinkAuthentication;
class TakeInboundEvent;

/// The only maker of a `TenantScope`. Each way in is for one kind of evidence; none takes a tenant that a
/// request merely names.
class TenantAuthority {
  public:
    /// The operator at the command line, who has the store's file anyhow.
    [[nodiscard]] static domain::TenantScope of_operator(domain::TenantId tenant) {
        return domain::TenantScope{std::move(tenant)};
    }

  private:
    friend class QueueItem;            // an item that a worker claimed from a PHI-free queue
    friend class StaffAuthentication;  // a bearer whose signature and claims were verified
    friend class VisitAuthentication;  // a visit credential found by its hash
    friend class TakeInboundEvent;     // an event of a stream that the settings trust, or of the operator
    friend class LinkAuthentication;   // a join token or link code that this tenant's key or store confirmed

    [[nodiscard]] static domain::TenantScope grant(domain::TenantId tenant) {
        return domain::TenantScope{std::move(tenant)};
    }
};

}  // namespace vcare::application
