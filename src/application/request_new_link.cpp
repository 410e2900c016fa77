// SPDX-License-Identifier: Apache-2.0
#include "application/request_new_link.hpp"

#include "application/ports/credential_store.hpp"

namespace vcare::application {

Task<Result<void>> RequestNewLink::operator()(LinkHolder holder, KeepAnswer<Done> keep) {
    auto loaded = co_await desk_.load(holder.scope, holder.token.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    if (domain::is_terminal(loaded->session.data().status)) co_return Result<void>{};
    // Sent once for each link they had: nobody is flooded by whoever finds an old one.
    const auto newest = co_await services_.credentials.newest_token(holder.scope, holder.token.participant);
    if (!newest) co_return std::unexpected{newest.error()};
    const std::string had = *newest ? (*newest)->jti : holder.token.jti;
    auto decide = [id = holder.token.participant, had, keep](LoadedSession& now, UnitBuilder& unit) {
        unit.keep(keep, Done{});
        auto told = domain::notification_of_link(now.session.data(), id, "asked/" + had, id.text());
        if (told) unit.tell(*std::move(told), now.session.data(), now.config);
        return now.session.ask_for_link(id, unit.occasion());
    };
    VisitContext visit{holder.token.session, holder.token.participant, holder.scope, holder.request};
    const auto asked = co_await desk_.change(std::move(visit), "link.request", std::move(decide));
    if (!asked) co_return std::unexpected{asked.error()};
    co_return Result<void>{};
}

}  // namespace vcare::application
