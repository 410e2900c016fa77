// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/clock.hpp"
#include "application/session_desk.hpp"

/// What the calls of a participant in the visit share; each of them is one of `/visit`.
namespace vcare::application {

/// `access_denied`: what was asked for needs the admission first.
[[nodiscard]] std::unexpected<Error> refuse_before_admission();

/// Who takes part in a visit that goes on; null for anybody else.
[[nodiscard]] const domain::Participant* find_in_the_visit(const LoadedSession& loaded,
                                                           const domain::ParticipantId& id);

/// Who was admitted is `active` from the first time that they reach for the media. Gives the session after
/// it. The desk outlives the call.
[[nodiscard]] Task<Result<domain::SessionData>> reach_for_media(SessionDesk* desk, VisitContext context,
                                                                LoadedSession loaded);

/// Of a unit that changes no session, so that it cannot be stale.
[[nodiscard]] Result<void> done_or_refused(const Result<CommitOutcome>& outcome);

/// Keeps the answer of a command that changes nothing in the store.
template <class Answer>
[[nodiscard]] Task<Result<void>> keep_alone(Services services, VisitContext context, KeepAnswer<Answer> keep,
                                            Answer answer) {
    UnitBuilder unit{services, context.request, {services.clock.now(), context.participant.text()}};
    unit.keep(keep, answer);
    co_return done_or_refused(co_await services.units.commit(std::move(context.scope), unit.take()));
}

}  // namespace vcare::application
