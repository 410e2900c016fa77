// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/api.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "adapters/http/pages.hpp"
#include "adapters/http/responses.hpp"
#include "adapters/http/trace_context.hpp"

namespace vcare::http {
namespace {

using contract::OperationId;
using domain::ErrorCode;

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

std::string_view class_of(int status) {
    constexpr std::array<std::string_view, 6> classes = {"0xx", "1xx", "2xx", "3xx", "4xx", "5xx"};
    return classes.at(static_cast<std::size_t>(status / 100) % classes.size());
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
    const auto trace_id = random_hex(common_.services.randomness, 16);
    return problem_response(error, {.instance = "/", .trace_id = trace_id});
}

Task<Response> Api::answer(Loop* loop, Request request) {
    request.remote_address = common_.proxies.client_of(request);
    Seen seen{.method = request.method,
              .route = "none",
              .at = common_.services.clock.now(),
              .context = context_of(request, common_.services.randomness)};
    const auto path = request.path;
    auto answered = co_await dispatch(parts_.at(loop->number()).get(), std::move(request), &seen);
    auto response = answered ? *std::move(answered)
                             : problem_response(answered.error(), {.instance = path,
                                                                   .trace_id = seen.context.trace_id,
                                                                   .as_fhir = path.ends_with("/fhir")});
    response.headers.add("X-Request-Id", seen.context.request_id);
    if (seen.is_api) {
        response.headers.add("Cache-Control", "no-store");
        response.headers.add("X-Content-Type-Options", "nosniff");
    }
    note(seen, response.status);
    co_return response;
}

Task<Result<Response>> Api::dispatch(LoopParts* parts, Request request, Seen* seen) {
    auto match = router_.find(request.method, request.path);
    if (match && serves(match->operation)) {
        seen->route = match->template_path;
        seen->is_api = !is_documentation(match->operation);
        co_return co_await run(parts, std::move(request), *std::move(match), seen);
    }
    auto allowed = match ? std::vector<std::string_view>{} : router_.explain(request.path).allowed;
    if (!allowed.empty()) {
        auto refusal = problem_response({.code = ErrorCode::method_not_allowed},
                                        {.instance = request.path, .trace_id = seen->context.trace_id});
        refusal.headers.add("Allow", fmt::format("{}", fmt::join(allowed, ", ")));
        co_return refusal;
    }
    auto page = page_or_nothing(request);
    seen->is_api = !page;
    if (page) seen->route = "page";
    co_return page;
}

Task<Result<Response>> Api::run(LoopParts* parts, Request request, Match match, Seen* seen) {
    auto query = parse_query(request.query);
    const auto route = route_of(match.operation);
    auto call = std::make_shared<Exchange>(Exchange{.request = std::move(request),
                                                    .context = seen->context,
                                                    .operation = contract::operation(match.operation),
                                                    .values = std::move(match.values),
                                                    .common = common_,
                                                    .parts = *parts});
    if (!query) co_return domain::refuse_field("", "the query is not well encoded");
    call->query = *std::move(query);
    co_return co_await route(std::move(call));
}

Result<Response> Api::page_or_nothing(const Request& request) const {
    const bool is_read = request.method == "GET" || request.method == "HEAD";
    auto page = audience_ == Audience::everybody ? find_page(request, {.is_https = common_.is_https()})
                                                 : std::optional<Response>{};
    if (!page) return domain::refuse(ErrorCode::not_found);
    if (is_read) return *std::move(page);
    auto refusal = problem_response({.code = ErrorCode::method_not_allowed}, {.instance = request.path});
    refusal.headers.add("Allow", "GET, HEAD");
    return refusal;
}

void Api::note(const Seen& seen, int status) const {
    using application::Metric;
    auto& telemetry = common_.services.telemetry;
    const std::chrono::duration<double> taken = common_.services.clock.now() - seen.at;
    const auto method = method_label(seen.method);
    telemetry.count(Metric::http_requests,
                    {{"route", seen.route}, {"method", method}, {"status", class_of(status)}});
    telemetry.observe(Metric::http_request_duration_seconds, taken.count(),
                      {{"route", seen.route}, {"method", method}, {"status", class_of(status)}});
    const auto severity = status >= 500 ? application::Severity::warning : application::Severity::debug;
    telemetry.log(severity, "http.request",
                  {{"method", std::string{method}},
                   {"route", std::string{seen.route}},
                   {"status", std::to_string(status)},
                   {"duration_ms", fmt::format("{:.1f}", taken.count() * 1000)},
                   {"request_id", seen.context.request_id},
                   {"trace_id", seen.context.trace_id}});
}

}  // namespace vcare::http
