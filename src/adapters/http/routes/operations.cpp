// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "adapters/http/pages.hpp"
#include "adapters/http/routes/routes.hpp"
#include "adapters/http/staff_route.hpp"
#include "adapters/json/operations_codec.hpp"

namespace vcare::http::routes {
namespace {

std::string_view word_of(DependencyState::State state) {
    switch (state) {
        case DependencyState::State::up:
            return "up";
        case DependencyState::State::degraded:
            return "degraded";
        case DependencyState::State::down:
            return "down";
    }
    return "down";
}

Response health_response(Common& common) {
    const auto now = common.services.clock.now();
    std::vector<json::DependencyLine> lines;
    bool is_ready = !common.is_draining;
    if (common.options.dependencies) {
        for (auto& dependency : common.options.dependencies()) {
            if (dependency.state == DependencyState::State::down) is_ready = false;
            const std::chrono::duration<double> age =
                std::max(now - dependency.checked_at, domain::milliseconds{0});
            lines.push_back({std::move(dependency.name), word_of(dependency.state), age.count(),
                             std::move(dependency.detail)});
        }
    }
    return json_response(is_ready ? 200 : 503, json::encode_health(is_ready, lines));
}

Result<Response> document(const Exchange& exchange, std::string_view name) {
    auto found = find_file(name, exchange.request, {.is_https = exchange.common.is_https()});
    if (!found) return domain::refuse(domain::ErrorCode::not_found);
    return *std::move(found);
}

}  // namespace

Task<Result<Response>> get_health(Call call) {
    co_return health_response(call->common);
}

Task<Result<Response>> get_readiness(Call call) {
    co_return health_response(call->common);
}

Task<Result<Response>> get_liveness(Call) {
    static const std::string body = json::encode_liveness();
    auto response = json_response(200, "");
    response.lasting_body = body;
    co_return response;
}

Task<Result<Response>> get_metrics(Call call) {
    const auto& metrics = call->common.options.metrics;
    co_return Response{200, "text/plain; version=0.0.4; charset=utf-8", metrics ? metrics() : ""};
}

Task<Result<Response>> get_version(Call call) {
    const auto& options = call->common.options;
    co_return json_response(200, json::encode_version(options.version, options.commit));
}

Task<Result<Response>> get_docs(Call call) {
    co_return document(*call, "/docs/index.html");
}

Task<Result<Response>> get_openapi(Call call) {
    co_return document(*call, "/openapi.yaml");
}

Task<Result<Response>> get_asyncapi(Call call) {
    co_return document(*call, "/asyncapi.yaml");
}

}  // namespace vcare::http::routes
