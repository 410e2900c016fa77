// SPDX-License-Identifier: Apache-2.0
#include "application/visit_authentication.hpp"

#include <algorithm>

#include "application/ports/clock.hpp"
#include "application/ports/credential_store.hpp"
#include "application/ports/cryptography.hpp"
#include "application/ports/presence_store.hpp"
#include "application/ports/session_store.hpp"
#include "application/session_desk.hpp"
#include "application/tenant_authority.hpp"

namespace vcare::application {
namespace {

constexpr domain::hours lately{1};
constexpr std::size_t max_secret_length = 64;
constexpr domain::seconds note_calls_every{4};  // less than the shortest graceReconnect
constexpr std::size_t max_noted = 20'000;

}  // namespace

VisitCredential::VisitCredential(domain::TenantId tenant, domain::ParticipantId participant,
                                 std::string secret)
    : tenant_(std::move(tenant)), participant_(std::move(participant)), secret_(std::move(secret)) {
}

/// From the right, because an opaque tenant id may hold dots.
std::optional<VisitCredential> VisitCredential::parse(std::string_view text) {
    const auto secret_at = text.rfind('.');
    if (secret_at == std::string_view::npos || secret_at == 0) return std::nullopt;
    const auto participant_at = text.rfind('.', secret_at - 1);
    if (participant_at == std::string_view::npos) return std::nullopt;
    auto tenant = domain::TenantId::parse(text.substr(0, participant_at));
    auto participant =
        domain::ParticipantId::parse(text.substr(participant_at + 1, secret_at - participant_at - 1));
    const std::string_view secret = text.substr(secret_at + 1);
    const bool has_secret = !secret.empty() && secret.size() <= max_secret_length;
    if (!tenant || !participant || !has_secret) return std::nullopt;
    return VisitCredential{std::move(*tenant), std::move(*participant), std::string{secret}};
}

VisitCredential VisitCredential::make(domain::TenantId tenant, domain::ParticipantId participant,
                                      std::string secret) {
    return VisitCredential{std::move(tenant), std::move(participant), std::move(secret)};
}

std::string VisitCredential::reveal() const {
    return tenant_.text() + "." + participant_.text() + "." + secret_;
}

Task<Result<VisitAuthentication::Seat>> VisitAuthentication::live_or_lately_void(std::string credential,
                                                                                 RequestContext request) {
    const auto parsed = VisitCredential::parse(credential);
    if (!parsed) co_return refuse(ErrorCode::unauthorized);
    const domain::TenantScope scope = TenantAuthority::grant(parsed->tenant()).traced_by(request.trace);
    std::string hash = services_.cryptography.sha256_hex(parsed->secret());
    const auto found =
        co_await services_.credentials.find_credential(scope, parsed->participant(), std::move(hash));
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return refuse(ErrorCode::unauthorized);
    const VisitCredentialRecord& record = **found;
    const bool long_void = record.voided_at && services_.clock.now() - *record.voided_at > lately;
    if (long_void) co_return refuse(ErrorCode::unauthorized);
    VisitContext context{record.session, record.participant, scope, std::move(request), record.issued_at};
    co_return Seat{std::move(context), record.voided_at};
}

Task<Result<VisitContext>> VisitAuthentication::live(std::string credential, RequestContext request) {
    auto seat = co_await live_or_lately_void(std::move(credential), std::move(request));
    if (!seat) co_return std::unexpected{seat.error()};
    if (seat->voided_at) co_return refuse(ErrorCode::unauthorized);
    if (const auto noted = co_await note_call(seat->context); !noted)
        co_return std::unexpected{noted.error()};
    co_return std::move(seat->context);
}

Task<Result<void>> VisitAuthentication::note_call(VisitContext context) {
    const domain::Instant now = services_.clock.now();
    const auto before = noted_.find(context.participant);
    const bool noted_lately = before != noted_.end() && now - before->second < note_calls_every;
    if (noted_lately) co_return Result<void>{};
    if (noted_.size() >= max_noted) noted_.clear();
    noted_.insert_or_assign(context.participant, now);
    const auto noted =
        co_await services_.presence.called(context.scope, context.session, context.participant, now);
    if (!noted) co_return noted;
    co_return co_await come_back(std::move(context));
}

/// Somebody whose transport was lost and who calls again is back, with or without a stream.
Task<Result<void>> VisitAuthentication::come_back(VisitContext context) {
    const auto found = co_await services_.sessions.find_session(context.scope, context.session);
    if (!found) co_return std::unexpected{found.error()};
    if (!*found || domain::is_terminal((*found)->status)) co_return Result<void>{};
    const bool was_lost = std::ranges::any_of((*found)->participants, [&](const domain::Participant& who) {
        return who.id == context.participant && who.status == domain::ParticipantStatus::disconnected;
    });
    if (!was_lost) co_return Result<void>{};
    SessionDesk desk{services_};
    auto decide = [id = context.participant](LoadedSession& loaded, UnitBuilder& unit) {
        return loaded.session.come_back(id, unit.occasion());
    };
    const auto back = co_await desk.change(std::move(context), "", std::move(decide));
    if (!back) co_return std::unexpected{back.error()};
    co_return Result<void>{};
}

Task<Result<VisitContext>> VisitAuthentication::own_seat(StaffContext context,
                                                         domain::ParticipantId participant) {
    const auto found = co_await services_.sessions.find_session_of(context.scope, participant);
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return refuse(ErrorCode::participant_not_found);
    for (const domain::Participant& person : (*found)->participants) {
        const bool is_own = person.id == participant && person.user_id == context.caller.user;
        if (is_own && !person.is_removed())
            co_return VisitContext{(*found)->id, participant, context.scope, context.request};
    }
    co_return refuse(ErrorCode::access_denied, "This seat is somebody else's.");
}

}  // namespace vcare::application
