// SPDX-License-Identifier: Apache-2.0
#include "application/entrance.hpp"

#include "application/ports/cryptography.hpp"

namespace vcare::application {

Entrance::Entrance(const Services& services) : services_(services), credentials_(services), view_(services) {
}

Task<Result<Joined>> Entrance::come_in(Newcomer newcomer, LoadedSession* loaded, UnitBuilder* unit) {
    const domain::TenantScope& scope = newcomer.scope;
    const domain::ParticipantId& id = newcomer.participant;
    auto secret = co_await credentials_.secret_for(scope, id, newcomer.basis, newcomer.key);
    if (!secret) co_return std::unexpected{secret.error()};
    domain::Session& session = loaded->session;
    const auto in = session.join(id, std::move(newcomer.proof), loaded->config, unit->occasion());
    if (!in) co_return std::unexpected{in.error()};
    unit->unit().credentials.push_back({.session = session.data().id,
                                        .participant = id,
                                        .secret_hash = services_.cryptography.sha256_hex(*secret),
                                        .issued_at = unit->occasion().at});
    unit->add(session, loaded->config);
    unit->audit("visit.join", session.data().id, session.data().patient);
    auto view = co_await view_.of(scope, session.data(), loaded->config, id);
    if (!view) co_return std::unexpected{view.error()};
    co_return Joined{.direct = view->self.is_in_the_visit(),
                     .session = session.data().id,
                     .participant = id,
                     .credential = VisitCredential::make(scope.tenant(), id, std::move(*secret)).reveal(),
                     .cookie_until = session.data().scheduled_end + loaded->config.join_window_after,
                     .view = std::move(*view)};
}

}  // namespace vcare::application
