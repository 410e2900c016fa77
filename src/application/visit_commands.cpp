// SPDX-License-Identifier: Apache-2.0
#include "application/visit_commands.hpp"

namespace vcare::application {

using domain::Participant;

std::unexpected<Error> refuse_before_admission() {
    return refuse(ErrorCode::access_denied, "This needs the admission by a clinician first.");
}

const Participant* find_in_the_visit(const LoadedSession& loaded, const domain::ParticipantId& id) {
    const Participant* who = loaded.session.find(id);
    const bool is_over = domain::is_terminal(loaded.session.data().status);
    return who && who->is_in_the_visit() && !is_over ? who : nullptr;
}

Task<Result<domain::SessionData>> reach_for_media(SessionDesk* desk, VisitContext context,
                                                  LoadedSession loaded) {
    const Participant* who = loaded.session.find(context.participant);
    if (who->status != domain::ParticipantStatus::admitted) co_return loaded.session.data();
    auto decide = [id = context.participant](LoadedSession& now, UnitBuilder& unit) {
        return now.session.join_media(id, unit.occasion());
    };
    co_return co_await desk->change(std::move(context), "video.enter", std::move(decide));
}

Result<void> done_or_refused(const Result<CommitOutcome>& outcome) {
    if (!outcome) return std::unexpected{outcome.error()};
    if (*outcome == CommitOutcome::answered_before) return refuse_to_repeat();
    return {};
}

}  // namespace vcare::application
