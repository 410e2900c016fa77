// SPDX-License-Identifier: Apache-2.0
#include "application/preview_link.hpp"

#include <algorithm>

#include "application/ports/clock.hpp"

namespace vcare::application {
namespace {

using domain::LinkState;

LinkPreview::Open what_and_when(const Services& services, const LinkHolder& holder,
                                const LoadedSession& loaded) {
    const domain::SessionData& session = loaded.session.data();
    const domain::Participant& who = *loaded.session.find(holder.token.participant);
    LinkPreview::Open open{.valid_from = holder.token.window.valid_from,
                           .scheduled_start = session.scheduled_start,
                           .scheduled_end = session.scheduled_end,
                           .role = who.role,
                           .language = language_of(session, who),
                           .whereabouts_required = loaded.config.whereabouts_required};
    const auto provider =
        std::ranges::find(session.participants, domain::Role::provider, &domain::Participant::role);
    if (provider != session.participants.end()) open.provider_name = provider->display_name;
    if (who.role == domain::Role::patient)
        open.consents = {telehealth_question(services, session, loaded.config, false, open.language)};
    return open;
}

}  // namespace

Task<Result<LinkPreview>> PreviewLink::operator()(LinkHolder holder,
                                                  std::optional<domain::ParticipantId> live_seat) {
    auto loaded = co_await desk_.load(holder.scope, holder.token.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    const domain::Participant* who = loaded->session.find(holder.token.participant);
    if (!who) co_return refuse(ErrorCode::token_invalid);

    LinkPreview preview{
        .state = domain::state_of(holder.token, loaded->session.data(), services_.clock.now()),
        .branding = loaded->config.branding,
        .time_zone = loaded->config.time_zone};
    const bool may_resume = preview.state == LinkState::used && live_seat == holder.token.participant;
    if (may_resume) {
        preview.state = LinkState::resume;
        preview.participant = live_seat;
    }
    const bool shows_what = preview.state == LinkState::open || preview.state == LinkState::early;
    if (shows_what) preview.open = what_and_when(services_, holder, *loaded);
    if (shows_what && !who->link_opened_at) {
        auto decide = [id = holder.token.participant](LoadedSession& now, UnitBuilder& unit) {
            return now.session.open_link(id, unit.occasion());
        };
        VisitContext visit{holder.token.session, holder.token.participant, holder.scope, holder.request};
        const auto noted = co_await desk_.change(std::move(visit), "link.open", std::move(decide));
        if (!noted) co_return std::unexpected{noted.error()};
    }
    co_return preview;
}

}  // namespace vcare::application
