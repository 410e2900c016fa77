// SPDX-License-Identifier: Apache-2.0
#include "adapters/telemetry/telemetry.hpp"

#include <atomic>

#include <unistd.h>

#include "adapters/telemetry/log_line.hpp"
#include "adapters/telemetry/log_writer.hpp"
#include "adapters/telemetry/metrics.hpp"
#include "adapters/telemetry/process_metrics.hpp"

namespace vcare::telemetry {
namespace {

using application::Labels;
using application::LogField;
using application::Metric;
using application::Severity;

using ToLine = std::string (*)(const LogEntry&);

ToLine line_maker(LogFormat format, int descriptor) {
    const bool is_terminal = format == LogFormat::automatic && ::isatty(descriptor) == 1;
    return is_terminal || format == LogFormat::text ? &to_text_line : &to_json_line;
}

class MetricsAndLogs final : public ProcessTelemetry {
  public:
    MetricsAndLogs(TelemetrySettings settings, const application::Clock& clock)
        : level_(settings.level),
          descriptor_(settings.descriptor),
          to_line_(line_maker(settings.format, settings.descriptor)),
          clock_(clock),
          writer_(settings.descriptor) {
        metrics_.gauge(Metric::build_info, 1, {{"version", settings.version}});
    }

    void count(Metric metric, Labels labels, double by) override { metrics_.count(metric, labels, by); }
    void observe(Metric metric, double value, Labels labels) override {
        metrics_.observe(metric, value, labels);
    }
    void gauge(Metric metric, double value, Labels labels) override { metrics_.gauge(metric, value, labels); }

    void log(Severity severity, std::string_view event, std::initializer_list<LogField> fields) override {
        if (!is_logged(severity)) return;
        const LogEntry entry{clock_.now(), severity, event, {fields.begin(), fields.size()}};
        if (writer_.write(to_line_.load()(entry))) tell_dropped(entry.at);
    }

    [[nodiscard]] bool is_logged(Severity severity) const override { return severity >= level_; }

    void log_from(Severity level) override { level_ = level; }

    void log_as(LogFormat format) override { to_line_ = line_maker(format, descriptor_); }

    std::string exposition() const override {
        std::string out = metrics_.exposition();
        write_process_metrics(out);
        return out;
    }

  private:
    void tell_dropped(domain::Instant at) {
        const std::uint64_t dropped = writer_.take_dropped();
        if (dropped == 0) return;
        const LogField lines{.name = "lines", .value = std::to_string(dropped)};
        writer_.write(to_line_.load()({at, Severity::warning, "log.dropped", {&lines, 1}}));
    }

    std::atomic<Severity> level_;
    const int descriptor_;
    std::atomic<ToLine> to_line_;
    const application::Clock& clock_;
    Metrics metrics_;
    LogWriter writer_;
};

}  // namespace

std::unique_ptr<ProcessTelemetry> make_telemetry(TelemetrySettings settings,
                                                 const application::Clock& clock) {
    return std::make_unique<MetricsAndLogs>(std::move(settings), clock);
}

}  // namespace vcare::telemetry
