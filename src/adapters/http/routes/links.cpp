// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "adapters/http/cookies.hpp"
#include "adapters/http/routes/routes.hpp"
#include "adapters/http/staff_route.hpp"
#include "adapters/json/command_codec.hpp"
#include "adapters/json/visit_codec.hpp"

namespace vcare::http::routes {
namespace {

using namespace application;
using domain::ErrorCode;
using domain::refuse_field;

void set_cookie(Response& response, const Common& common, const domain::ParticipantId& participant,
                std::string credential, domain::Instant until) {
    const auto max_age = std::chrono::duration_cast<domain::seconds>(until - common.services.clock.now());
    response.headers.add("Set-Cookie", to_set_cookie({.participant = participant,
                                                      .credential = std::move(credential),
                                                      .max_age = max_age,
                                                      .is_secure = common.is_https()}));
}

KeptAnswer render_joined(const Joined& joined) {
    return {.status = 200, .body = json::encode_joined(joined), .secret_of = joined.participant.text()};
}

/// A token by itself says who calls, so it is read before anything else of the body is looked at.
Result<std::string> token_in_body(const Exchange& exchange) {
    const auto body = read_unchecked_body(exchange);
    if (!body) return std::unexpected{body.error()};
    auto token = json::to_token(*body);
    if (!token) return refuse_field("/token", "is required and must be a text");
    return *std::move(token);
}

Task<Result<Response>> answer_join(Call call, LinkHolder holder, std::vector<ConsentChoice> consents,
                                   std::optional<IdempotencyKey> key) {
    KeepAnswer<Joined> keep{.key = std::move(key), .render = render_joined};
    const auto joined =
        co_await call->use_cases().join_visit(std::move(holder), std::move(consents), std::move(keep));
    if (!joined) co_return std::unexpected{joined.error()};
    auto response =
        to_response(render_joined(*joined), {.credential = joined->credential}, call->common.options);
    set_cookie(response, call->common, joined->participant, joined->credential, joined->cookie_until);
    co_return response;
}

/// A repeated answer brings the cookie again: it was lost with the first one.
Task<Result<std::optional<Response>>> find_repeated_join(Call call, LinkHolder holder, IdempotencyKey key) {
    const auto kept = co_await call->use_cases().idempotency.find(holder.scope, key);
    if (!kept) co_return std::unexpected{kept.error()};
    if (!*kept) co_return std::optional<Response>{};
    const auto secrets =
        co_await call->use_cases().idempotency.secrets_of(holder.scope, std::move(key), (*kept)->secret_of);
    if (!secrets) co_return std::unexpected{secrets.error()};
    const auto until = co_await call->use_cases().window_end(holder.scope, holder.token.session);
    if (!until) co_return std::unexpected{until.error()};
    auto response = to_response(**kept, *secrets, call->common.options);
    set_cookie(response, call->common, holder.token.participant, secrets->credential, *until);
    co_return std::optional{std::move(response)};
}

Task<Result<Response>> join_with(Call call, LinkHolder holder) {
    auto key = idempotency_key_of(*call, holder.token.jti);
    std::optional<InFlight::Turn> turn;
    if (key) {
        turn.emplace(co_await call->common.in_flight.enter(key->caller + "\n" + key->key));
        auto repeated = co_await find_repeated_join(call, holder, *key);
        if (!repeated) co_return std::unexpected{repeated.error()};
        if (*repeated) co_return std::move(**repeated);
    }
    const auto ok = check_parameters(*call);
    const auto body = ok ? read_body(*call) : std::unexpected{ok.error()};
    if (!body) {
        // Whether the link is any good comes before the form of what came with it.
        const auto lets_in = co_await call->use_cases().join_visit.check_link(std::move(holder));
        co_return std::unexpected{lets_in ? body.error() : lets_in.error()};
    }
    auto response = co_await answer_join(call, holder, json::to_consent_choices(*body), key);
    if (response || !key) co_return response;
    // Another replica may have answered under this key since it was looked for.
    auto repeated = co_await find_repeated_join(call, std::move(holder), *std::move(key));
    if (repeated && *repeated) co_return std::move(**repeated);
    co_return response;
}

}  // namespace

Task<Result<Response>> join_visit(Call call) {
    auto token = token_in_body(*call);
    if (!token) co_return std::unexpected{token.error()};
    auto holder = co_await authenticate_link(call, *std::move(token));
    if (!holder) co_return std::unexpected{holder.error()};
    auto joined = co_await join_with(call, *std::move(holder));
    if (!joined) note_failed_join(*call, joined.error());
    co_return joined;
}

Task<Result<Response>> join_visit_by_get(Call call) {
    if (!call->common.options.join_by_get) co_return domain::refuse(ErrorCode::not_found);
    if (const auto ok = check_parameters(*call); !ok) co_return std::unexpected{ok.error()};
    const auto* token = call->find_query("token");
    if (token == nullptr) co_return refuse_field("/token", "is required");
    auto holder = co_await authenticate_link(call, *token);
    if (!holder) co_return std::unexpected{holder.error()};
    auto joined = co_await answer_join(call, *std::move(holder), {}, std::nullopt);
    if (!joined) note_failed_join(*call, joined.error());
    co_return joined;
}

Task<Result<Response>> preview_visit(Call call) {
    auto token = token_in_body(*call);
    if (!token) co_return std::unexpected{token.error()};
    auto holder = co_await authenticate_link(call, *std::move(token));
    if (!holder) co_return std::unexpected{holder.error()};
    if (const auto ok = check_parameters(*call); !ok) co_return std::unexpected{ok.error()};
    if (const auto body = read_body(*call); !body) co_return std::unexpected{body.error()};
    auto live_seat = co_await find_live_cookie(call, holder->token.participant);
    const auto preview = co_await call->use_cases().preview(*std::move(holder), std::move(live_seat));
    if (!preview) co_return std::unexpected{preview.error()};
    co_return json_response(200, json::encode_preview(*preview));
}

Task<Result<Response>> request_new_link(Call call) {
    if (const auto ok = check_parameters(*call); !ok) co_return std::unexpected{ok.error()};
    const auto body = read_body(*call);
    if (!body) co_return std::unexpected{body.error()};
    auto token = json::to_token(*body);
    if (!token) co_return refuse_field("/token", "is required and must be a text");
    // Whatever the token is, the answer is the same, so that nothing can be learnt from it. Too many tries
    // are still too many.
    auto holder = co_await authenticate_link(call, *std::move(token));
    if (!holder && holder.error().code == ErrorCode::rate_limited) co_return std::unexpected{holder.error()};
    if (!holder) co_return empty_response(202);
    KeepAnswer<application::Done> keep{.key = idempotency_key_of(*call, holder->token.jti),
                                       .render = [](const auto&) { return KeptAnswer{.status = 202}; }};
    auto repeat = co_await find_repeat(call, holder->scope, keep.key);
    const bool is_first = repeat && !repeat->answer;
    if (is_first) (void)co_await call->use_cases().new_link(*std::move(holder), std::move(keep));
    co_return empty_response(202);
}

}  // namespace vcare::http::routes
