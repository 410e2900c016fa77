// SPDX-License-Identifier: Apache-2.0
// Nothing is written but in the scope of one tenant.
#include "application/ports/unit_of_work.hpp"

using namespace vcare::application;

#ifdef VCARE_CONTROL
vcare::Task<vcare::Result<CommitOutcome>> write(UnitOfWorkRunner& units, vcare::domain::TenantScope scope) {
    return units.commit(std::move(scope), UnitOfWork{});
}
#else
vcare::Task<vcare::Result<CommitOutcome>> write(UnitOfWorkRunner& units, vcare::domain::TenantId tenant) {
    return units.commit(std::move(tenant), UnitOfWork{});
}
#endif
