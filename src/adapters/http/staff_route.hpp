// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/http/authentication.hpp"
#include "adapters/http/request_body.hpp"
#include "adapters/http/responses.hpp"

namespace vcare::http {

using application::KeepAnswer;
using application::KeptAnswer;
using application::StaffContext;

/// The ids in a path. Whatever is no id of ours is not there.
[[nodiscard]] Result<domain::SessionId> session_in_path(const Exchange& exchange);
[[nodiscard]] Result<domain::ParticipantId> participant_in_path(const Exchange& exchange);

/// What stands against a call that a check of its own request has refused: licence, permission and existence
/// come before the form of a request, so they are asked for now. `found` when nothing does.
[[nodiscard]] Task<Error> first_refusal(Call call, StaffContext context, Error found);

/// The key under which a call's answer is kept; nothing without an `Idempotency-Key`, or with one that the
/// contract's check is about to refuse.
[[nodiscard]] std::optional<application::IdempotencyKey> idempotency_key_of(const Exchange& exchange,
                                                                            std::string caller);

/// Held while this request is at work under its key. Nothing without one.
[[nodiscard]] Task<std::optional<InFlight::Turn>> wait_for_turn(
    Call call, domain::TenantScope scope, std::optional<application::IdempotencyKey> key);
/// The answer that was kept under the key, with its secrets.
[[nodiscard]] Task<Result<std::optional<Response>>> find_kept(Call call, domain::TenantScope scope,
                                                              application::IdempotencyKey key);

/// Waits until nobody else is at work under this key, then gives the answer that was kept, if there is one.
struct Repeat {
    std::optional<InFlight::Turn> turn = {};
    std::optional<Response> answer = {};
};
[[nodiscard]] Task<Result<Repeat>> find_repeat(Call call, domain::TenantScope scope,
                                               std::optional<application::IdempotencyKey> key);

/// Authenticates a read and checks its parameters.
[[nodiscard]] Task<Result<StaffContext>> begin_read(Call call);

/// The secrets of a fresh answer, which are given out and never kept.
using Secrets = application::Idempotency::Secrets;

/// When a kept answer is looked for: `first`, or only once a try came to nothing, which spares every new
/// request the question. The latter is for commands that do nothing outside before their commit.
enum class LooksForKept : std::uint8_t { first, after_a_try };

/// How the routes of staff commands differ from one another.
template <class Command, class Answer>
struct StaffRoute {
    Result<Command> (*decode)(const Exchange& exchange, const boost::json::object& body);
    Task<Result<Answer>> (*run)(Call call, StaffContext context, Command command, KeepAnswer<Answer> keep);
    KeptAnswer (*render)(const Exchange& exchange, const Answer& answer);
    Secrets (*secrets)(const Answer& answer) = [](const Answer&) { return Secrets{}; };
    LooksForKept looks = LooksForKept::first;
};

/// The command in a request whose form is right.
template <class Command>
[[nodiscard]] Result<Command> decode_checked(const Exchange& exchange,
                                             Result<Command> (*decode)(const Exchange&,
                                                                       const boost::json::object&)) {
    if (const auto ok = check_parameters(exchange); !ok) return std::unexpected{ok.error()};
    const auto body = read_body(exchange);
    if (!body) return std::unexpected{body.error()};
    return decode(exchange, *body);
}

/// A staff command from its form to its answer. `is_kept` becomes true when the answer was kept under `key`.
template <class Command, class Answer>
[[nodiscard]] Task<Result<Response>> try_staff_route(Call call, StaffContext context,
                                                     std::optional<application::IdempotencyKey> key,
                                                     StaffRoute<Command, Answer> route, bool* is_kept) {
    auto command = decode_checked(*call, route.decode);
    if (!command) {
        auto refusal = co_await first_refusal(call, context, command.error());
        co_return std::unexpected{std::move(refusal)};
    }
    const auto was_rendered = std::make_shared<bool>(false);
    KeepAnswer<Answer> keep{.key = std::move(key),
                            .render = [call, render = route.render, was_rendered](const Answer& answer) {
                                *was_rendered = true;
                                return render(*call, answer);
                            }};
    const auto answer = co_await route.run(call, std::move(context), *std::move(command), std::move(keep));
    if (!answer) co_return std::unexpected{answer.error()};
    *is_kept = *was_rendered;
    co_return to_response(route.render(*call, *answer), route.secrets(*answer), call->common.options);
}

/// A staff command from its credential to its answer, in the order that the contract promises: a kept answer
/// comes before everything but the credential, also where it is looked for last.
template <class Command, class Answer>
[[nodiscard]] Task<Result<Response>> run_staff_route(Call call, StaffRoute<Command, Answer> route) {
    auto staff = co_await authenticate_staff(call);
    if (!staff) co_return std::unexpected{staff.error()};
    const auto& context = staff->context;
    const auto key = idempotency_key_of(*call, context.caller.user.text());
    const auto turn = co_await wait_for_turn(call, context.scope, key);
    const bool looks_first = route.looks == LooksForKept::first;
    if (key && looks_first) {
        auto kept = co_await find_kept(call, context.scope, *key);
        if (!kept) co_return std::unexpected{kept.error()};
        if (*kept) co_return **std::move(kept);
    }
    bool is_kept = false;
    auto response = co_await try_staff_route(call, context, key, route, &is_kept);
    // Another replica may have answered under this key since it was looked for.
    const bool is_settled = is_kept || (looks_first && response);
    if (!key || is_settled) co_return response;

    auto kept = co_await find_kept(call, context.scope, *key);
    if (!kept && kept.error().code == domain::ErrorCode::idempotency_key_reused)
        co_return std::unexpected{kept.error()};
    if (kept && *kept) co_return **std::move(kept);
    co_return response;
}

}  // namespace vcare::http
