// SPDX-License-Identifier: Apache-2.0
#include "application/keep_device_check.hpp"

#include "application/ports/clock.hpp"
#include "application/visit_commands.hpp"

namespace vcare::application {

Task<Result<void>> KeepDeviceCheck::operator()(VisitContext context, DeviceCheckRecord result,
                                               KeepAnswer<Done> keep) {
    UnitBuilder unit{services_, context.request, {services_.clock.now(), context.participant.text()}};
    unit.audit("device_check.keep", context.session);
    result.participant = std::move(context.participant);
    result.at = unit.occasion().at;
    unit.unit().device_checks.push_back(std::move(result));
    unit.keep(keep, Done{});
    co_return done_or_refused(co_await services_.units.commit(std::move(context.scope), unit.take()));
}

}  // namespace vcare::application
