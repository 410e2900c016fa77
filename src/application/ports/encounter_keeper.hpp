// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "application/task.hpp"
#include "domain/tenant_scope.hpp"

namespace vcare::application {

/// Where the embedded FHIR keeper puts Encounters: one a tenant and identifier, for ever.
class EncounterKeeper {
  public:
    virtual ~EncounterKeeper() = default;
    struct Kept {
        std::string id;
        bool created = false;  ///< false: one with this identifier was there already
    };
    [[nodiscard]] virtual Task<Result<Kept>> keep(domain::TenantScope scope, std::string identifier,
                                                  std::string new_id, std::string json) = 0;
    [[nodiscard]] virtual Task<Result<std::optional<std::string>>> read(domain::TenantScope scope,
                                                                        std::string id) = 0;
};

}  // namespace vcare::application
