// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "domain/ids.hpp"
#include "domain/trace.hpp"

namespace vcare::application {
class TenantAuthority;
}

namespace vcare::domain {

/// The right to read and write one tenant's data. Nothing is loaded and no unit of work is opened without
/// one, and only `TenantAuthority` makes one: out of a verified credential, a claimed queue item or the
/// operator at the command line. Goes to every port, so it also tells for which request or event the work is.
class TenantScope {
  public:
    [[nodiscard]] const TenantId& tenant() const { return tenant_; }
    [[nodiscard]] const TraceContext& trace() const { return trace_; }
    /// The same right, for this piece of work.
    [[nodiscard]] TenantScope traced_by(const TraceContext& trace) const {
        TenantScope scope = *this;
        scope.trace_ = trace;
        return scope;
    }

  private:
    friend class application::TenantAuthority;
    explicit TenantScope(TenantId tenant) : tenant_(std::move(tenant)) {}
    TenantId tenant_;
    TraceContext trace_;
};

}  // namespace vcare::domain
