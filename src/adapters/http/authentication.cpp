// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/authentication.hpp"

#include <algorithm>

#include "adapters/http/cookies.hpp"

namespace vcare::http {
namespace {

using domain::ErrorCode;
using domain::refuse;

/// What follows the scheme in `Authorization`; nothing when another scheme or none stands there.
std::optional<std::string> find_authorization(const Request& request, std::string_view scheme) {
    const auto header = request.headers.find("Authorization");
    if (!header || header->size() <= scheme.size() || (*header)[scheme.size()] != ' ') return std::nullopt;
    if (!equal_ignoring_case(header->substr(0, scheme.size()), scheme)) return std::nullopt;
    auto value = header->substr(scheme.size());
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    if (value.empty()) return std::nullopt;
    return std::string{value};
}

std::unexpected<Error> refuse_as_too_many(domain::milliseconds wait) {
    return std::unexpected{
        Error{.code = ErrorCode::rate_limited, .retry_after = std::chrono::ceil<domain::seconds>(wait)}};
}

Result<void> check_named_tenant(const Request& request, const domain::TenantId& tenant) {
    const auto named = request.headers.find("X-Tenant-Id");
    if (named && *named != tenant.text())
        return refuse(ErrorCode::access_denied, "X-Tenant-Id names another tenant than the credential.");
    return {};
}

/// Of whoever showed a credential that is right.
Result<void> check_call(Exchange& call, std::string_view credential, const domain::TenantId& tenant) {
    if (const auto named = check_named_tenant(call.request, tenant); !named) return named;
    Common& common = call.common;
    const auto now = common.services.clock.now();
    if (const auto wait = common.by_credential.take(credential, now); wait.count() > 0)
        return refuse_as_too_many(wait);
    if (const auto wait = common.by_tenant.take(tenant.text(), now); wait.count() > 0)
        return refuse_as_too_many(wait);
    return {};
}

std::optional<std::string> find_visit_cookie(const Request& request,
                                             const domain::ParticipantId& participant) {
    const auto header = request.headers.find("Cookie");
    const auto cookie = header ? find_cookie(*header, visit_cookie_name(participant)) : std::nullopt;
    if (!cookie) return std::nullopt;
    return std::string{*cookie};
}

std::optional<std::string> find_visit_credential(const Exchange& exchange) {
    if (auto credential = find_authorization(exchange.request, "Visit")) return credential;
    const auto header = exchange.request.headers.find("X-Vcare-Visit");
    const bool is_stream = exchange.operation.id == contract::OperationId::stream_visit;
    const auto* query = is_stream ? exchange.find_query("p") : nullptr;
    if (!header && query == nullptr) return std::nullopt;
    const auto participant = domain::ParticipantId::parse(header ? *header : std::string_view{*query});
    return participant ? find_visit_cookie(exchange.request, *participant) : std::nullopt;
}

KnownCaller known(const application::VisitContext& context) {
    return {.scope = context.scope, .actor = context.participant.text(), .session = context.session};
}

}  // namespace

Task<Result<application::StaffAuthentication::Verified>> authenticate_staff(Call call) {
    auto bearer = find_authorization(call->request, "Bearer");
    if (!bearer) co_return refuse(ErrorCode::unauthorized);
    auto verified = co_await call->use_cases().staff(*std::move(bearer), call->context);
    if (!verified) co_return std::unexpected{verified.error()};
    const auto& caller = verified->context.caller;
    call->caller = KnownCaller{.scope = verified->context.scope, .actor = caller.user.text()};
    const auto credential = caller.tenant.text() + "/" + caller.user.text();
    if (const auto ok = check_call(*call, credential, caller.tenant); !ok)
        co_return std::unexpected{ok.error()};
    co_return verified;
}

Task<Result<application::VisitContext>> authenticate_participant(Call call) {
    auto credential = find_visit_credential(*call);
    if (!credential) co_return refuse(ErrorCode::unauthorized);
    auto context = co_await call->use_cases().visit.live(*std::move(credential), call->context);
    if (!context) co_return context;
    call->caller = known(*context);
    if (const auto ok = check_call(*call, context->participant.text(), context->scope.tenant()); !ok)
        co_return std::unexpected{ok.error()};
    co_return context;
}

Task<Result<application::VisitAuthentication::Seat>> find_seat(Call call) {
    auto credential = find_visit_credential(*call);
    if (!credential) co_return refuse(ErrorCode::unauthorized);
    co_return co_await call->use_cases().visit.live_or_lately_void(*std::move(credential), call->context);
}

Task<Result<application::VisitAuthentication::Seat>> authenticate_late_participant(Call call) {
    auto seat = co_await find_seat(call);
    if (!seat) co_return seat;
    const auto& context = seat->context;
    call->caller = known(context);
    if (const auto ok = check_call(*call, context.participant.text(), context.scope.tenant()); !ok)
        co_return std::unexpected{ok.error()};
    co_return seat;
}

void note_failed_join(Exchange& exchange, const domain::Error& refusal) {
    using enum ErrorCode;
    const bool is_of_the_link =
        refusal.code == token_invalid || refusal.code == token_expired || refusal.code == token_not_yet_valid;
    if (!is_of_the_link) return;
    (void)exchange.common.failed_joins.take(exchange.request.remote_address,
                                            exchange.common.services.clock.now());
}

Task<Result<application::LinkHolder>> authenticate_link(Call call, std::string token) {
    const auto now = call->common.services.clock.now();
    const auto wait = call->common.failed_joins.wait_for(call->request.remote_address, now);
    if (wait.count() > 0) co_return refuse_as_too_many(wait);
    auto holder = co_await call->use_cases().link(std::move(token), call->context);
    if (!holder) {
        note_failed_join(*call, holder.error());
        co_return holder;
    }
    call->caller = KnownCaller{
        .scope = holder->scope, .actor = holder->token.participant.text(), .session = holder->token.session};
    if (const auto ok = check_call(*call, holder->token.jti, holder->scope.tenant()); !ok)
        co_return std::unexpected{ok.error()};
    co_return holder;
}

Task<Result<application::VisitContext>> authenticate_seat(Call call) {
    if (auto token = find_authorization(call->request, "Link")) {
        const auto holder = co_await authenticate_link(call, *std::move(token));
        if (!holder) co_return std::unexpected{holder.error()};
        co_return application::VisitContext{.session = holder->token.session,
                                            .participant = holder->token.participant,
                                            .scope = holder->scope,
                                            .request = holder->request};
    }
    co_return co_await authenticate_participant(call);
}

Task<std::optional<domain::ParticipantId>> find_live_cookie(Call call, domain::ParticipantId participant) {
    auto credential = find_visit_cookie(call->request, participant);
    if (!credential) co_return std::nullopt;
    const auto context = co_await call->use_cases().visit.live(*std::move(credential), call->context);
    if (!context || context->participant != participant) co_return std::nullopt;
    co_return participant;
}

}  // namespace vcare::http
