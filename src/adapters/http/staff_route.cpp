// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/staff_route.hpp"

#include <algorithm>

#include "adapters/http/paths.hpp"
#include "application/ports/cryptography.hpp"

namespace vcare::http {
namespace {

using contract::OperationId;
using domain::ErrorCode;
using domain::refuse;

/// What asks for the licence: whatever starts something new.
bool starts_something_new(OperationId operation) {
    constexpr std::array starting = {OperationId::create_session, OperationId::add_participant,
                                     OperationId::issue_join_token, OperationId::reschedule_session};
    return std::ranges::find(starting, operation) != starting.end();
}

/// The scope the caller passes with, or the one that refuses them.
std::optional<domain::Scope> scope_asked_for(const Exchange& exchange, const domain::Caller& caller) {
    std::optional<domain::Scope> asked;
    for (const auto& grant : exchange.operation.grants) {
        asked = domain::parse_wire<domain::Scope>(grant.scope);
        if (asked && domain::require(caller, *asked)) break;
    }
    return asked;
}

bool is_visible_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

constexpr std::size_t max_idempotency_key = 255;

}  // namespace

Result<domain::SessionId> session_in_path(const Exchange& exchange) {
    auto id = domain::SessionId::parse(exchange.values.at(0));
    if (!id) return refuse(ErrorCode::session_not_found);
    return *std::move(id);
}

Result<domain::ParticipantId> participant_in_path(const Exchange& exchange) {
    auto id = domain::ParticipantId::parse(exchange.values.at(1));
    if (!id) return refuse(ErrorCode::participant_not_found);
    return *std::move(id);
}

Task<Error> first_refusal(Call call, StaffContext context, Error found) {
    application::Precheck::Question question{
        .scope = scope_asked_for(*call, context.caller),
        .starts_something_new = starts_something_new(call->operation.id)};
    const bool names_a_session = call->request.path.starts_with(std::string{base_path} + "/sessions/");
    std::optional<Error> nowhere;
    if (names_a_session && !call->values.empty()) {
        const auto session = session_in_path(*call);
        const auto participant =
            call->values.size() > 1 ? participant_in_path(*call) : refuse(ErrorCode::not_found);
        if (session) question.session = *session;
        if (participant) question.participant = *participant;
        if (!session) nowhere = session.error();
        if (session && call->values.size() > 1 && !participant) nowhere = participant.error();
    }
    const auto verdict = co_await call->use_cases().precheck(std::move(context), std::move(question));
    if (!verdict) co_return verdict.error();
    co_return nowhere.value_or(std::move(found));
}

std::optional<application::IdempotencyKey> idempotency_key_of(const Exchange& exchange, std::string caller) {
    const auto key = exchange.request.headers.find("Idempotency-Key");
    if (!key || key->empty() || key->size() > max_idempotency_key || !is_visible_ascii(*key))
        return std::nullopt;
    const auto said =
        exchange.request.method + "\n" + exchange.request.path + "\n" + canonical_body(exchange);
    return application::IdempotencyKey{.caller = std::move(caller),
                                       .key = std::string{*key},
                                       .fingerprint = exchange.common.services.cryptography.sha256_hex(said)};
}

Task<std::optional<InFlight::Turn>> wait_for_turn(Call call, domain::TenantScope scope,
                                                  std::optional<application::IdempotencyKey> key) {
    if (!key) co_return std::nullopt;
    co_return co_await call->common.in_flight.enter(scope.tenant().text() + "\n" + key->caller + "\n" +
                                                    key->key);
}

Task<Result<std::optional<Response>>> find_kept(Call call, domain::TenantScope scope,
                                                application::IdempotencyKey key) {
    const auto kept = co_await call->use_cases().idempotency.find(scope, key);
    if (!kept) co_return std::unexpected{kept.error()};
    if (!*kept) co_return std::optional<Response>{};
    Secrets secrets;
    if (!(*kept)->secret_of.empty()) {
        auto derived = co_await call->use_cases().idempotency.secrets_of(std::move(scope), std::move(key),
                                                                         (*kept)->secret_of);
        if (!derived) co_return std::unexpected{derived.error()};
        secrets = *std::move(derived);
    }
    co_return to_response(**kept, secrets, call->common.options);
}

Task<Result<Repeat>> find_repeat(Call call, domain::TenantScope scope,
                                 std::optional<application::IdempotencyKey> key) {
    Repeat repeat{.turn = co_await wait_for_turn(call, scope, key)};
    if (!key) co_return repeat;
    auto kept = co_await find_kept(std::move(call), std::move(scope), *std::move(key));
    if (!kept) co_return std::unexpected{kept.error()};
    repeat.answer = *std::move(kept);
    co_return repeat;
}

Task<Result<StaffContext>> begin_read(Call call) {
    auto staff = co_await authenticate_staff(call);
    if (!staff) co_return std::unexpected{staff.error()};
    if (const auto ok = check_parameters(*call); !ok) {
        auto refusal = co_await first_refusal(call, staff->context, ok.error());
        co_return std::unexpected{std::move(refusal)};
    }
    co_return std::move(staff->context);
}

}  // namespace vcare::http
