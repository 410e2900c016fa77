// SPDX-License-Identifier: Apache-2.0
#include "adapters/telemetry/trace_exporter.hpp"

namespace vcare::telemetry {
namespace {

using application::Metric;
using application::Severity;
using Answer = std::expected<http_client::Response, http_client::Failure>;

/// The collector says "later", not "no" (https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes).
bool means_later(const Answer& answer) {
    return !answer || answer->status == 429 || answer->status == 502 || answer->status == 503 ||
           answer->status == 504;
}

std::string_view result_of(const Answer& answer) {
    if (!answer) return word_of(answer.error());
    if (answer->status < 300) return "success";
    return answer->status < 500 ? "client_error" : "server_error";
}

}  // namespace

TraceExporter::TraceExporter(ProcessTelemetry& telemetry, std::unique_ptr<http_client::HttpClient> client,
                             const http_client::Url& url, std::shared_ptr<http_client::Dependency> collector,
                             const application::Clock& clock, SpanSource source)
    : telemetry_(telemetry),
      client_(std::move(client)),
      url_(url.below("v1/traces")),
      collector_(std::move(collector)),
      clock_(clock),
      source_(std::move(source)) {
}

Task<bool> TraceExporter::run_once() {
    if (pending_.empty()) pending_ = telemetry_.take_spans(batch);
    if (pending_.empty() || collector_->ask()) co_return false;
    http_client::Request request{.method = "POST",
                                 .url = url_,
                                 .headers = {{"content-type", "application/json"}},
                                 .body = encode_spans(pending_, source_)};
    const domain::Instant began = clock_.now();
    const Answer answer =
        co_await client_->send(std::move(request), http_client::deadline_in(time_for_a_batch));
    collector_->tell(!means_later(answer), result_of(answer), began);
    if (means_later(answer)) co_return false;
    judge(answer);
    const bool was_full = pending_.size() == batch;
    pending_.clear();
    co_return was_full;
}

Task<std::string> TraceExporter::look() {
    http_client::Request request{.method = "POST",
                                 .url = url_,
                                 .headers = {{"content-type", "application/json"}},
                                 .body = encode_spans({}, source_)};
    const Answer answer =
        co_await client_->send(std::move(request), http_client::deadline_in(time_for_a_look));
    if (!answer) co_return std::string{word_of(answer.error())};
    if (answer->status < 300) co_return std::string{};
    const bool is_let_in = answer->status != 401 && answer->status != 403;
    if (!is_let_in) co_return "not_allowed";
    co_return answer->status == 404 ? "not_found" : std::string{result_of(answer)};
}

void TraceExporter::judge(const Answer& answer) {
    if (answer->status < 300) return;
    telemetry_.count(Metric::spans_dropped, {{"reason", "refused"}}, static_cast<double>(pending_.size()));
    telemetry_.log(Severity::warning, "traces.refused", {{"status", std::to_string(answer->status)}});
}

}  // namespace vcare::telemetry
