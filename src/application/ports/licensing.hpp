// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "application/task.hpp"
#include "domain/tenant_scope.hpp"

namespace vcare::application {

/// Whether a tenant (and facility) has the module. Asked before anything new is started; what runs goes on.
class Licensing {
  public:
    virtual ~Licensing() = default;
    [[nodiscard]] virtual Task<Result<bool>> is_licensed(domain::TenantScope scope,
                                                         std::optional<domain::NodeId> node) = 0;
};

}  // namespace vcare::application
