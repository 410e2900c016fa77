// SPDX-License-Identifier: Apache-2.0
#include "adapters/http_client/traced_http_client.hpp"

#include "application/span.hpp"

namespace vcare::http_client {
namespace {

class TracedHttpClient final : public HttpClient {
  public:
    TracedHttpClient(std::unique_ptr<HttpClient> inner, application::Telemetry& telemetry)
        : inner_(std::move(inner)), telemetry_(telemetry) {}

    Task<std::expected<Response, Failure>> send(Request request, Deadline deadline) override {
        application::Span span{telemetry_, request.cause, application::SpanKind::client, request.method};
        span.set("http.request.method", request.method);
        span.set("server.address", request.url.host());
        span.set("server.port", std::to_string(request.url.port()));
        request.cause = span.context();
        auto answer = co_await inner_->send(std::move(request), deadline);
        if (answer) span.set("http.response.status_code", std::to_string(answer->status));
        if (!answer) span.set("error.type", word_of(answer.error()));
        if (!answer || answer->status >= 400) span.fail();
        co_return answer;
    }

  private:
    const std::unique_ptr<HttpClient> inner_;
    application::Telemetry& telemetry_;
};

}  // namespace

std::unique_ptr<HttpClient> make_traced_http_client(std::unique_ptr<HttpClient> inner,
                                                    application::Telemetry& telemetry) {
    return std::make_unique<TracedHttpClient>(std::move(inner), telemetry);
}

}  // namespace vcare::http_client
