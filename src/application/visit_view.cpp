// SPDX-License-Identifier: Apache-2.0
#include "application/visit_view.hpp"

#include "application/built_in_texts.hpp"
#include "application/ports/consent_service.hpp"

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

}  // namespace

ConsentView telehealth_question(const Services& services, const domain::SessionData& session,
                                const domain::TenantConfig& config, bool refused, std::string_view language) {
    domain::TenantConfig with_texts = config;
    const auto is_telehealth = [](const auto& text) { return text.type == domain::ConsentType::telehealth; };
    if (std::ranges::none_of(config.consent_texts, is_telehealth))
        with_texts.consent_texts = built_in_consent_texts();
    ConsentView view{.type = domain::ConsentType::telehealth,
                     .status = ConsentAsked::granted,
                     .answerable = services.consent_service.takes_records()};
    if (session.consent_pending) view.status = refused ? ConsentAsked::refused : ConsentAsked::needed;
    if (const auto text = domain::consent_text_for(with_texts, view.type, language)) {
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
    if (self->role == Role::patient) {
        const auto refusals = co_await services_.sessions.refusals(scope, session.id);
        if (!refusals) co_return std::unexpected{refusals.error()};
        const bool refused = std::ranges::any_of(*refusals, [&](const ConsentRefusal& refusal) {
            return refusal.participant == participant && refusal.type == domain::ConsentType::telehealth;
        });
        view.consents = {
            telehealth_question(services_, session, config, refused, language_of(session, *self))};
    }
    const bool waits = self->status == ParticipantStatus::waiting && !domain::is_terminal(session.status);
    if (waits) {
        const auto before = co_await services_.sessions.waiting_before(scope, session.id, participant);
        if (!before) co_return std::unexpected{before.error()};
        view.queue_position = *before + 1;
    }
    co_return view;
}

}  // namespace vcare::application
