// SPDX-License-Identifier: Apache-2.0
#include "main/traces.hpp"

#include <system_error>

#include "domain/check.hpp"
#include "main/adapter_set.hpp"
#include "main/version.hpp"

namespace vcare::program {

std::unique_ptr<telemetry::TraceExporter> make_trace_exporter(const Settings& settings,
                                                              telemetry::ProcessTelemetry& telemetry,
                                                              const application::Clock& clock,
                                                              const std::string& replica) {
    const auto& wanted = settings.telemetry;
    if (wanted.otlp_url.empty()) return nullptr;
    const auto url = http_client::Url::parse(wanted.otlp_url);
    VCARE_CHECK(url.has_value(), "the setting was parsed when it was read");
    try {
        return std::make_unique<telemetry::TraceExporter>(
            telemetry, http_client::make_http_client({.ca_file = wanted.otlp_ca_file}), *url,
            std::make_shared<http_client::Dependency>("traces", clock, telemetry), clock,
            telemetry::SpanSource{.version = std::string{program_version()}, .instance = replica});
    } catch (const std::system_error& problem) {
        throw DependencyAway{problem.what()};
    }
}

}  // namespace vcare::program
