// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "application/ports/clock.hpp"
#include "application/ports/telemetry.hpp"

namespace vcare::telemetry {

enum class LogFormat : std::uint8_t { automatic, text, json };

struct TelemetrySettings {
    application::Severity level = application::Severity::info;  ///< what is less is not logged
    LogFormat format = LogFormat::automatic;                    ///< automatic: text on a terminal, else JSON
    int descriptor = 2;
    std::vector<std::string> labelled_tenants = {};  ///< counted apart, with their ids as a label
    std::string version = {};                        ///< of the program, for `vcare_build_info`
    /// The share of traces beginning here that are kept, from 0 to 1; nothing: no trace is, whoever began it.
    std::optional<double> sample_ratio = {};
};

/// The port, and what `/metrics` answers.
class ProcessTelemetry : public application::Telemetry {
  public:
    /// Metrics of the service and of the process in the Prometheus text format.
    [[nodiscard]] virtual std::string exposition() const = 0;
    /// From now on what is less than `level` is not logged. From any thread.
    virtual void log_from(application::Severity level) = 0;
    /// From now on lines look like this. From any thread.
    virtual void log_as(LogFormat format) = 0;
    /// Finished spans to be brought to a collector, the oldest first; each is given once. From any thread.
    [[nodiscard]] virtual std::vector<application::FinishedSpan> take_spans(std::size_t most) = 0;
};

/// `clock` outlives it. Destroying it writes what is still to be logged.
[[nodiscard]] std::unique_ptr<ProcessTelemetry> make_telemetry(TelemetrySettings settings,
                                                               const application::Clock& clock);

}  // namespace vcare::telemetry
