// SPDX-License-Identifier: Apache-2.0
#include "application/give_feedback.hpp"

#include "application/ports/clock.hpp"
#include "application/visit_commands.hpp"

namespace vcare::application {

Task<Result<void>> GiveFeedback::operator()(VisitContext context, Command command, KeepAnswer<Done> keep) {
    UnitBuilder unit{services_, context.request, {services_.clock.now(), context.participant.text()}};
    unit.unit().feedback.push_back({.session = context.session,
                                    .participant = context.participant,
                                    .rating = command.rating,
                                    .comment = std::move(command.comment),
                                    .at = unit.occasion().at});
    unit.audit("feedback.give", context.session);
    unit.keep(keep, Done{});
    co_return done_or_refused(co_await services_.units.commit(context.scope, unit.take()));
}

}  // namespace vcare::application
