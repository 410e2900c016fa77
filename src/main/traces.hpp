// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "adapters/telemetry/trace_exporter.hpp"
#include "main/settings.hpp"

namespace vcare::program {

/// The way of traces to the collector that the settings name; null when they name none. What it is given
/// outlives it. Throws `DependencyAway` when a file that the settings name cannot be used.
[[nodiscard]] std::unique_ptr<telemetry::TraceExporter> make_trace_exporter(
    const Settings& settings, telemetry::ProcessTelemetry& telemetry, const application::Clock& clock,
    const std::string& replica);

}  // namespace vcare::program
