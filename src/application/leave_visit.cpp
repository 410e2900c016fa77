// SPDX-License-Identifier: Apache-2.0
#include "application/leave_visit.hpp"

namespace vcare::application {

Task<Result<void>> LeaveVisit::operator()(VisitContext context, KeepAnswer<Done> keep) {
    auto decide = [id = context.participant, keep](LoadedSession& loaded, UnitBuilder& unit) -> Result<void> {
        unit.unit().voided_credentials.push_back(id);
        unit.keep(keep, Done{});
        return loaded.session.leave(id, unit.occasion());
    };
    const auto done = co_await desk_.change(std::move(context), "visit.leave", std::move(decide));
    if (!done) co_return std::unexpected{done.error()};
    co_return Result<void>{};
}

}  // namespace vcare::application
