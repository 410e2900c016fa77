// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/api.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "adapters/http/audit_actions.hpp"
#include "adapters/http/pages.hpp"
#include "adapters/http/paths.hpp"
#include "adapters/http/responses.hpp"
#include "adapters/http/staff_route.hpp"
#include "adapters/http/trace_context.hpp"

namespace vcare::http {
namespace {

using contract::OperationId;
using domain::ErrorCode;

// What the API answers is for its caller alone and is what it says it is.
constexpr std::string_view head_of_every_answer =
    "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n";

bool is_for_operators(OperationId operation) {
    switch (operation) {
        case OperationId::get_health:
        case OperationId::get_liveness:
        case OperationId::get_readiness:
        case OperationId::get_metrics:
        case OperationId::get_version:
            return true;
        default:
            return false;
    }
}

bool is_documentation(OperationId operation) {
    return operation == OperationId::get_docs || operation == OperationId::get_openapi ||
           operation == OperationId::get_asyncapi;
}

/// Methods beyond these would be labels of the client's own making.
std::string_view method_label(std::string_view method) {
    constexpr std::array known = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"};
    const auto found = std::ranges::find(known, method);
    return found == known.end() ? std::string_view{"other"} : std::string_view{*found};
}

/// Every 503 with a code says which dependency is away: the store, the keys, the consents, the video backend.
/// Those count apart, as this service cannot mend them.
std::string_view class_of(const Response& response) {
    const int status = response.status;
    if (status == 503 && !response.refusal.empty()) return "dependency";
    constexpr std::array<std::string_view, 6> classes = {"0xx", "1xx", "2xx", "3xx", "4xx", "5xx"};
    return classes.at(static_cast<std::size_t>(status / 100) % classes.size());
}

/// The one a staff member names in the path, or the one of a visit's participant.
std::optional<domain::SessionId> session_of(const Exchange& exchange) {
    const std::string sessions = std::string{base_path} + "/sessions/";
    const bool is_in_path = exchange.request.path.starts_with(sessions) && !exchange.values.empty();
    if (!is_in_path) return exchange.caller->session;
    auto named = session_in_path(exchange);
    return named ? std::optional{*std::move(named)} : std::nullopt;
}

/// Who is known and may not do what they ask for is in the audit log with that, whatever they asked for. A
/// stale version or a wrong state says nothing of anybody.
void note_refusal(const Exchange& exchange, const domain::Error& error) {
    const auto& info = domain::info_of(error.code);
    if (!exchange.caller || info.http_status != 403) return;
    exchange.use_cases().trail.note_refusal({.scope = exchange.caller->scope,
                                             .actor = exchange.caller->actor,
                                             .action = std::string{audit_action_of(exchange.operation.id)},
                                             .session = session_of(exchange),
                                             .outcome = std::string{info.wire},
                                             .request = exchange.context});
}

}  // namespace

Api::Api(Common& common, std::vector<std::unique_ptr<LoopParts>>& parts, Audience audience)
    : common_(common), parts_(parts), audience_(audience), router_(contract::routes()) {
}

bool Api::serves(OperationId operation) const {
    if (audience_ == Audience::operators) return is_for_operators(operation);
    if (operation == OperationId::get_metrics) return false;
    return !is_for_operators(operation) || !common_.options.is_production;
}

std::size_t Api::max_body_bytes(const Request& head) const {
    const auto match = router_.find(head.method, head.path);
    if (!match) return common_.options.limits.max_body_bytes;
    const auto& operation = contract::operation(match->operation);
    return operation.max_body_bytes > 0 ? operation.max_body_bytes : common_.options.limits.max_body_bytes;
}

Response Api::refuse(const domain::Error& error) const {
    TraceIds ids{common_.services.randomness};
    const std::string trace_id = ids.hex(sizeof(domain::TraceId));
    return problem_response(error, {.instance = "/", .trace_id = trace_id});
}

Task<Response> Api::answer(Loop* loop, Request request) {
    auto& parts = *parts_.at(loop->number());
    request.remote_address = common_.proxies.client_of(request);
    Seen seen{.method = method_label(request.method), .route = "none", .at = common_.services.clock.now()};
    auto& telemetry = common_.services.telemetry;
    const auto caller = caller_of(request);
    auto context = context_of(request, caller, parts.trace_ids);
    if (!caller) context.trace.sampled = telemetry.samples(context.trace.trace);
    if (caller) seen.caller = caller->span;
    seen.span = telemetry.begin_span(context.trace);
    auto match = router_.find(request.method, request.path);
    if (!match || !serves(match->operation)) {
        auto response = answer_elsewhere(request, context.trace_id, seen);
        complete(response, seen, context);
        co_return response;
    }
    seen.route = match->template_path;
    seen.is_api = !is_documentation(match->operation);
    auto call = std::make_shared<Exchange>(Exchange{.request = std::move(request),
                                                    .context = std::move(context),
                                                    .operation = contract::operation(match->operation),
                                                    .values = std::move(match->values),
                                                    .common = common_,
                                                    .parts = parts});
    auto response = co_await run(call);
    complete(response, seen, call->context);
    co_return response;
}

Task<Response> Api::run(Call call) {
    const auto refuse_call = [&](const domain::Error& error) {
        const std::string_view path = call->request.path;
        return problem_response(
            error,
            {.instance = path, .trace_id = call->context.trace_id, .as_fhir = path.ends_with("/fhir")});
    };
    auto query = parse_query(call->request.query);
    if (!query) co_return refuse_call(domain::refuse_field("", "the query is not well encoded").error());
    call->query = *std::move(query);
    auto answered = co_await route_of(call->operation.id)(call);
    if (answered) co_return *std::move(answered);
    note_refusal(*call, answered.error());
    co_return refuse_call(answered.error());
}

/// What no operation of this listener answers: a page, another method, nothing at all.
Response Api::answer_elsewhere(const Request& request, std::string_view trace_id, Seen& seen) const {
    const auto known = router_.find(request.method, request.path);
    const auto allowed = known ? std::vector<std::string_view>{} : router_.explain(request.path).allowed;
    const RefusalContext told_to{
        .instance = request.path, .trace_id = trace_id, .as_fhir = request.path.ends_with("/fhir")};
    if (!allowed.empty()) {
        auto refusal = problem_response({.code = ErrorCode::method_not_allowed}, told_to);
        refusal.headers.add("Allow", fmt::format("{}", fmt::join(allowed, ", ")));
        return refusal;
    }
    auto page = page_or_nothing(request);
    if (!page) return problem_response(page.error(), told_to);
    seen.is_api = false;
    seen.route = "page";
    return *std::move(page);
}

Result<Response> Api::page_or_nothing(const Request& request) const {
    const bool is_read = request.method == "GET" || request.method == "HEAD";
    const PageOptions options{.is_https = common_.is_https(),
                              .issuer_origin = common_.options.sign_in.issuer_origin,
                              .logo_hosts = common_.services.policy.logo_hosts};
    auto page = audience_ == Audience::everybody ? find_page(request, options) : std::optional<Response>{};
    if (!page) return domain::refuse(ErrorCode::not_found);
    if (is_read) return *std::move(page);
    auto refusal = problem_response({.code = ErrorCode::method_not_allowed}, {.instance = request.path});
    refusal.headers.add("Allow", "GET, HEAD");
    return refusal;
}

void Api::complete(Response& response, const Seen& seen, const application::RequestContext& context) const {
    response.headers.add("X-Request-Id", context.request_id);
    if (seen.is_api) response.shared_head = head_of_every_answer;
    note(seen, context, response);
    if (seen.span) trace(seen, context, response.status);
}

/// https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server; addresses are left out on
/// purpose.
void Api::trace(const Seen& seen, const application::RequestContext& context, int status) const {
    common_.services.telemetry.end_span(
        {.context = context.trace,
         .parent = seen.caller,
         .kind = application::SpanKind::server,
         .name = fmt::format("{} {}", seen.method, seen.route),
         .began = seen.span->at,
         .attributes = {{"http.request.method", std::string{seen.method}},
                        {"http.route", std::string{seen.route}},
                        {"http.response.status_code", std::to_string(status)}},
         .has_failed = status >= 500});
}

void Api::note(const Seen& seen, const application::RequestContext& context, const Response& response) const {
    using application::Metric;
    auto& telemetry = common_.services.telemetry;
    const std::chrono::duration<double> taken = common_.services.clock.now() - seen.at;
    const std::string_view status = class_of(response);
    telemetry.count(Metric::http_requests,
                    {{"route", seen.route}, {"method", seen.method}, {"status", status}});
    telemetry.observe(Metric::http_request_duration_seconds, taken.count(),
                      {{"route", seen.route}, {"method", seen.method}, {"status", status}});
    const auto severity =
        response.status >= 500 ? application::Severity::warning : application::Severity::debug;
    if (!telemetry.is_logged(severity)) return;
    telemetry.log(severity, "http.request",
                  {{"method", std::string{seen.method}},
                   {"route", std::string{seen.route}},
                   {"status", std::to_string(response.status)},
                   {"code", std::string{response.refusal}},
                   {"duration_ms", fmt::format("{:.1f}", taken.count() * 1000)},
                   {"request_id", context.request_id},
                   {"trace_id", context.trace_id}});
}

}  // namespace vcare::http
