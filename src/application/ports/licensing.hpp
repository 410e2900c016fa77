// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "application/task.hpp"
#include "domain/tenant_scope.hpp"

namespace vcare::application {

/// Whether a tenant, or one of its facilities, has the module. Asked before anything new is started; what
/// runs goes on.
class Licensing {
  public:
    virtual ~Licensing() = default;
    /// Of a facility that is nowhere spoken of, and without one, what is said of the tenant counts.
    [[nodiscard]] virtual Task<Result<bool>> is_licensed(domain::TenantScope scope,
                                                         std::optional<domain::NodeId> node) = 0;
};

}  // namespace vcare::application
