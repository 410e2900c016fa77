// SPDX-License-Identifier: Apache-2.0
#include "application/visit_view.hpp"

#include <algorithm>

#include "application/consent_texts.hpp"
#include "application/ports/consent_service.hpp"
#include "application/side_by_side.hpp"

namespace vcare::application {
namespace {

using domain::Participant;
using domain::ParticipantStatus;
using domain::Role;

bool is_in(const Participant& who) {
    return who.is_in_the_visit() || (who.role == Role::provider && who.joined_at && !who.is_removed());
}

/// Somebody who waits knows of the providers; somebody inside knows of everybody not removed.
std::vector<Participant> others_known_to(const Participant& self, const domain::SessionData& session) {
    std::vector<Participant> known;
    for (const Participant& other : session.participants) {
        if (other.id == self.id || other.is_removed()) continue;
        if (is_in(self) || other.role == Role::provider) known.push_back(other);
    }
    return known;
}

template <class T>
Task<void> answer_into(Task<T> question, T* answer) {
    *answer = co_await std::move(question);
}

ConsentAsked status_of(const domain::SessionData& session, bool refused) {
    const bool is_over_for_it =
        session.end_reason == domain::consent_withdrawn || session.cancel_reason == domain::consent_withdrawn;
    if (is_over_for_it) return ConsentAsked::withdrawn;
    if (!session.consent_pending) return ConsentAsked::granted;
    return refused ? ConsentAsked::refused : ConsentAsked::needed;
}

}  // namespace

ConsentView telehealth_question(const Services& services, const domain::SessionData& session,
                                const domain::TenantConfig& config, bool refused, std::string_view language) {
    ConsentView view{.type = domain::ConsentType::telehealth,
                     .status = status_of(session, refused),
                     .text_version = std::string{no_text},
                     .language = std::string{language},
                     .answerable = services.consent_service.takes_records()};
    const auto text = text_to_ask_with(services, config, view.type, language);
    if (!text) view.answerable = false;
    if (text) {
        view.text_version = text->version;
        view.text = text->text;
        view.language = text->language;
    }
    return view;
}

Task<Result<VisitView>> ViewVisit::operator()(VisitContext context) {
    auto loaded = co_await desk_.load(context.scope, context.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    co_return co_await of(context.scope, loaded->session.data(), std::move(loaded->config),
                          context.participant);
}

Task<Result<VisitView>> ViewVisit::of(domain::TenantScope scope, domain::SessionData session,
                                      domain::TenantConfig config, domain::ParticipantId participant) {
    const auto self = std::ranges::find(session.participants, participant, &Participant::id);
    if (self == session.participants.end()) co_return refuse(ErrorCode::participant_not_found);
    VisitView view{.session = session,
                   .self = *self,
                   .others = others_known_to(*self, session),
                   .branding = config.branding};
    // Neither question waits for the other one's answer.
    Result<std::vector<ConsentRefusal>> refusals;
    Result<unsigned> before;
    std::vector<Task<void>> questions;
    if (self->role == Role::patient)
        questions.push_back(answer_into(services_.sessions.refusals(scope, session.id), &refusals));
    const bool waits = self->status == ParticipantStatus::waiting && !domain::is_terminal(session.status);
    if (waits)
        questions.push_back(
            answer_into(services_.sessions.waiting_before(scope, session.id, participant), &before));
    co_await side_by_side(std::move(questions));
    if (!refusals) co_return std::unexpected{refusals.error()};
    if (!before) co_return std::unexpected{before.error()};

    if (self->role == Role::patient) {
        const bool refused = std::ranges::any_of(*refusals, [&](const ConsentRefusal& refusal) {
            return refusal.participant == participant && refusal.type == domain::ConsentType::telehealth;
        });
        view.consents = {
            telehealth_question(services_, session, config, refused, language_of(session, *self))};
    }
    if (waits) view.queue_position = *before + 1;
    co_return view;
}

}  // namespace vcare::application
