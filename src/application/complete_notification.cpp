// SPDX-License-Identifier: Apache-2.0
#include "application/complete_notification.hpp"

#include <algorithm>

#include "application/ports/clock.hpp"
#include "application/ports/credential_store.hpp"

namespace vcare::application {
namespace {

using domain::EventField;
using domain::EventRecord;
using domain::LinkState;

bool lets_in(const domain::JoinTokenRecord& token, const domain::SessionData& session, domain::Instant now) {
    const LinkState state = domain::state_of(token, session, now);
    return state == LinkState::open || state == LinkState::early;
}

/// The intent with the link in it, and no longer of use than the link is.
void put_in(EventRecord& intent, const std::string& url, domain::Instant link_expires_at) {
    for (EventField& field : intent) {
        if (auto* variables = std::get_if<EventRecord>(&field.value); variables && field.name == "variables")
            variables->push_back({"joinUrl", url});
        if (field.name != "expiresAt") continue;
        const auto expires_at = domain::parse_rfc3339(domain::text_of(intent, field.name));
        if (expires_at && link_expires_at < *expires_at) field.value = domain::to_rfc3339(link_expires_at);
    }
}

}  // namespace

CompleteNotification::CompleteNotification(const Services& services)
    : services_(services), desk_(services), links_(services) {
}

Task<Result<std::optional<OutboxEntry>>> CompleteNotification::operator()(domain::TenantScope scope,
                                                                          OutboxEntry entry) {
    EventRecord& intent = entry.event.data;
    const auto session = domain::SessionId::parse(entry.event.session);
    const auto participant = domain::ParticipantId::parse(domain::text_of(intent, "participantId"));
    const auto category =
        domain::parse_wire<domain::NotificationCategory>(domain::text_of(intent, "category"));
    if (!session || !participant || !category) co_return std::optional<OutboxEntry>{};
    auto loaded = co_await desk_.load(scope, *session);
    if (!loaded && loaded.error().code == ErrorCode::session_not_found)
        co_return std::optional<OutboxEntry>{};
    if (!loaded) co_return std::unexpected{loaded.error()};
    if (!domain::is_still_to_be_told(intent, loaded->session.data(), services_.clock.now()))
        co_return std::optional<OutboxEntry>{};
    if (!domain::carries_link(*category)) co_return std::optional{std::move(entry)};

    auto token = co_await find_or_issue(scope, *std::move(loaded), *participant);
    if (!token) co_return std::unexpected{token.error()};
    const domain::Instant expires_at = token->window.expires_at;
    auto link = co_await links_.link_of(scope, *std::move(token));
    if (!link) co_return std::unexpected{link.error()};
    put_in(intent, services_.notifying.page_url + link->code, expires_at);
    co_return std::optional{std::move(entry)};
}

Task<Result<domain::JoinTokenRecord>> CompleteNotification::find_or_issue(domain::TenantScope scope,
                                                                          LoadedSession loaded,
                                                                          domain::ParticipantId participant) {
    const domain::SessionData& session = loaded.session.data();
    auto newest = co_await services_.credentials.newest_token(scope, participant);
    if (!newest) co_return std::unexpected{newest.error()};
    if (*newest && lets_in(**newest, session, services_.clock.now())) co_return **std::move(newest);

    auto token = co_await links_.make(scope, session, loaded.config, participant, std::nullopt);
    if (!token) co_return std::unexpected{token.error()};
    UnitBuilder unit{
        services_, RequestContext::of(scope.trace()), {services_.clock.now(), "system:notifications"}};
    unit.unit().issued_tokens.push_back(*token);
    unit.audit("join_token.issue", session.id, session.patient);
    const auto is_done = co_await desk_.settle(scope, unit.take());
    if (!is_done) co_return std::unexpected{is_done.error()};
    // Somebody else made one at this moment: it is found the next time.
    if (!*is_done) co_return refuse_unavailable(ErrorCode::store_unavailable);
    co_return token;
}

}  // namespace vcare::application
