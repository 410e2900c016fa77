// SPDX-License-Identifier: Apache-2.0
#include "adapters/fhir/http_fhir_transport.hpp"

namespace vcare::fhir {
namespace {

using Answer = std::expected<FhirResponse, NoAnswer>;

/// Our requests are a conditional create and searches: what was done is not done again.
http_client::Request to_http(const http_client::Url& base, const domain::TenantScope& scope,
                             const FhirRequest& request) {
    return {.method = request.method,
            .url = base.below(request.path),
            .headers = request.headers,
            .body = request.body,
            .repeatable = true,
            .cause = scope.trace()};
}

bool wants_another_token(const Answer& answer) {
    return answer && (answer->status == 401 || answer->status == 403);
}

class HttpFhirTransport final : public FhirTransport {
  public:
    HttpFhirTransport(http_client::Url base, std::unique_ptr<AccessTokens> tokens,
                      http_client::HttpClient& client)
        : base_(std::move(base)), tokens_(std::move(tokens)), client_(client) {}

    Task<Answer> send(domain::TenantScope scope, FhirRequest request) override {
        const auto deadline = http_client::deadline_in(request.within);
        auto token = co_await tokens_->current(deadline);
        if (!token) co_return std::unexpected{token.error()};
        Answer answer = co_await send_with(scope, request, *token, deadline);
        if (!wants_another_token(answer) || !tokens_->forget(*token)) co_return answer;
        token = co_await tokens_->current(deadline);
        if (!token) co_return answer;
        co_return co_await send_with(scope, std::move(request), std::move(*token), deadline);
    }

  private:
    Task<Answer> send_with(domain::TenantScope scope, FhirRequest request, std::string token,
                           http_client::Deadline deadline) {
        http_client::Request http = to_http(base_, scope, request);
        if (!token.empty()) http.headers.insert_or_assign("authorization", "Bearer " + token);
        auto answer = co_await client_.send(std::move(http), deadline);
        if (!answer) co_return std::unexpected{NoAnswer{std::string{word_of(answer.error())}}};
        co_return FhirResponse{
            .status = answer->status, .headers = std::move(answer->headers), .body = std::move(answer->body)};
    }

    const http_client::Url base_;
    const std::unique_ptr<AccessTokens> tokens_;
    http_client::HttpClient& client_;
};

}  // namespace

std::unique_ptr<FhirTransport> make_http_fhir_transport(http_client::Url base,
                                                        std::unique_ptr<AccessTokens> tokens,
                                                        http_client::HttpClient& client) {
    return std::make_unique<HttpFhirTransport>(std::move(base), std::move(tokens), client);
}

}  // namespace vcare::fhir
