// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "domain/ids.hpp"

namespace vcare::application {
class TenantAuthority;
}

namespace vcare::domain {

/// The right to read and write one tenant's data. Nothing is loaded and no unit of work is opened without
/// one, and only `TenantAuthority` makes one: out of a verified credential, a claimed queue item or the
/// operator at the command line.
class TenantScope {
  public:
    [[nodiscard]] const TenantId& tenant() const { return tenant_; }

  private:
    friend class application::TenantAuthority;
    explicit TenantScope(TenantId tenant) : tenant_(std::move(tenant)) {}
    TenantId tenant_;
};

}  // namespace vcare::domain
