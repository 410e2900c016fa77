// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/responses.hpp"

#include <fmt/format.h>

#include "adapters/json/problem_codec.hpp"
#include "adapters/json/visit_codec.hpp"

namespace vcare::http {

Response json_response(int status, std::string body) {
    return Response{status, "application/json", std::move(body)};
}

Response empty_response(int status) {
    Response response;
    response.status = status;
    return response;
}

Response stream_response(std::unique_ptr<StreamOpening> stream) {
    Response response{200, "text/event-stream", ""};
    // Proxies that gather answers would hold the frames back.
    response.headers.add("X-Accel-Buffering", "no");
    response.stream = std::move(stream);
    return response;
}

std::string etag_of(std::uint64_t version) {
    return fmt::format("\"{}\"", version);
}

Response to_response(const application::KeptAnswer& kept, const application::Idempotency::Secrets& secrets,
                     const ServerOptions& options) {
    auto body = kept.body;
    if (!secrets.credential.empty()) body = json::with_credential(body, secrets.credential);
    if (!secrets.token.empty()) {
        const auto join_url = fmt::format("{}/v/#{}", options.public_url, secrets.code);
        body = json::with_link(body, secrets.token, join_url);
    }
    auto response = body.empty() ? empty_response(kept.status) : json_response(kept.status, std::move(body));
    if (!kept.location.empty()) response.headers.add("Location", kept.location);
    if (!kept.etag.empty()) response.headers.add("ETag", kept.etag);
    return response;
}

Response problem_response(const Error& error, const RefusalContext& context) {
    const auto& info = domain::info_of(error.code);
    const auto status = info.http_status;
    auto response = context.as_fhir
                        ? Response{status, "application/fhir+json", json::encode_operation_outcome(error)}
                        : Response{status, "application/problem+json",
                                   json::encode_problem(error, contract::problem_type_prefix(),
                                                        context.instance, context.trace_id)};
    response.refusal = info.wire;
    if (status == 401) response.headers.add("WWW-Authenticate", "Bearer");
    const bool is_worth_another_try = status == 503 || status == 429;
    if (is_worth_another_try)
        response.headers.add("Retry-After",
                             std::to_string(error.retry_after.value_or(domain::seconds{1}).count()));
    return response;
}

}  // namespace vcare::http
