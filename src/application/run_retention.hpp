// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/apply_retention.hpp"
#include "application/round.hpp"

namespace vcare::application {

/// Applies every tenant's retention in small steps, all the time: a tenant with more to delete has its next
/// turn in the next round, one with nothing an hour later. A claim of a replica that died comes free.
class RunRetention {
  public:
    RunRetention(const Services& services, RetentionStore& store)
        : services_(services), store_(store), apply_(services, store) {}
    [[nodiscard]] Task<Result<Round>> run_once();

    static constexpr unsigned tenants_at_once = 20;
    static constexpr domain::minutes lease{5};
    static constexpr domain::hours look_again_after{1};

  private:
    void tell(const domain::TenantId& tenant, const Retained& gone);

    Services services_;
    RetentionStore& store_;
    ApplyRetention apply_;
};

}  // namespace vcare::application
