// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/http_client/dependency.hpp"
#include "adapters/http_client/http_client.hpp"
#include "adapters/telemetry/otlp_codec.hpp"
#include "adapters/telemetry/telemetry.hpp"

namespace vcare::telemetry {

/// Brings finished spans to an OpenTelemetry collector over OTLP/HTTP, in batches, never in a request's way.
/// Used on one event loop; everything it is given outlives it.
class TraceExporter {
  public:
    /// `url` is the collector's base, such as `http://localhost:4318`; spans go to `v1/traces` below it.
    TraceExporter(ProcessTelemetry& telemetry, std::unique_ptr<http_client::HttpClient> client,
                  const http_client::Url& url, std::shared_ptr<http_client::Dependency> collector,
                  const application::Clock& clock, SpanSource source);

    /// Sends one batch; true when there may be more to send at once. A batch that the collector was away for
    /// is kept and sent again; one that it refuses is dropped.
    [[nodiscard]] Task<bool> run_once();

    /// Asks the collector whether it would take spans, by sending none. Empty when it would, else a word.
    [[nodiscard]] Task<std::string> look();

    static constexpr std::size_t batch = 512;
    static constexpr std::chrono::seconds time_for_a_batch{5};
    static constexpr std::chrono::seconds time_for_a_look{3};

  private:
    void judge(const std::expected<http_client::Response, http_client::Failure>& answer);

    ProcessTelemetry& telemetry_;
    const std::unique_ptr<http_client::HttpClient> client_;
    const http_client::Url url_;
    const std::shared_ptr<http_client::Dependency> collector_;
    const application::Clock& clock_;
    const SpanSource source_;
    std::vector<application::FinishedSpan> pending_;  ///< not known to be with the collector
};

}  // namespace vcare::telemetry
