// SPDX-License-Identifier: Apache-2.0
#include "adapters/telemetry/telemetry.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <random>
#include <span>

#include <unistd.h>

#include "adapters/telemetry/log_line.hpp"
#include "adapters/telemetry/log_writer.hpp"
#include "adapters/telemetry/metrics.hpp"
#include "adapters/telemetry/process_metrics.hpp"
#include "adapters/telemetry/span_queue.hpp"

namespace vcare::telemetry {
namespace {

using application::FinishedSpan;
using application::Labels;
using application::LogField;
using application::Metric;
using application::Severity;
using application::SpanStart;

/// A few seconds of a busy service.
constexpr std::size_t spans_kept = 16'384;

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
          labelled_tenants_(std::move(settings.labelled_tenants)),
          sample_ratio_(settings.sample_ratio),
          writer_(settings.descriptor) {
        metrics_.gauge(Metric::build_info, 1, {{"version", settings.version}});
    }

    void count(Metric metric, Labels labels, double by) override { metrics_.count(metric, labels, by); }
    void count_of(std::string_view tenant, Metric metric, Labels labels) override {
        if (std::ranges::find(labelled_tenants_, tenant) == labelled_tenants_.end())
            return count(metric, labels, 1);
        metrics_.count_of(tenant, metric, labels);
    }
    void observe(Metric metric, double value, Labels labels) override {
        metrics_.observe(metric, value, labels);
    }
    void gauge(Metric metric, double value, Labels labels) override { metrics_.gauge(metric, value, labels); }
    void age(Metric metric, domain::Instant since, Labels labels) override {
        metrics_.age(metric, since, labels);
    }

    void log(Severity severity, std::string_view event, std::initializer_list<LogField> fields) override {
        if (!is_logged(severity)) return;
        const LogEntry entry{clock_.now(), severity, event, {fields.begin(), fields.size()}};
        if (writer_.write(to_line_.load()(entry))) tell_dropped(entry.at);
    }

    [[nodiscard]] bool is_logged(Severity severity) const override { return severity >= level_; }

    void log_from(Severity level) override { level_ = level; }

    void log_as(LogFormat format) override { to_line_ = line_maker(format, descriptor_); }

    // By the trace alone, so that every service that keeps this share keeps the same traces.
    [[nodiscard]] bool samples(const domain::TraceId& trace) const override {
        if (!sample_ratio_) return false;
        std::uint64_t tail = 0;
        for (const std::uint8_t byte : std::span{trace}.last<sizeof tail>()) tail = tail << 8U | byte;
        return std::ldexp(static_cast<double>(tail >> 11U), -53) < *sample_ratio_;
    }

    [[nodiscard]] std::optional<SpanStart> begin_span(const domain::TraceContext& cause) override {
        if (!sample_ratio_ || !cause.sampled) return std::nullopt;
        return SpanStart{.id = new_span_id(), .at = now()};
    }

    void end_span(FinishedSpan span) override {
        span.ended = now();
        if (!spans_.push(std::move(span))) count(Metric::spans_dropped, {{"reason", "full"}}, 1);
    }

    std::vector<FinishedSpan> take_spans(std::size_t most) override { return spans_.take(most); }

    std::string exposition() const override {
        std::string out = metrics_.exposition(clock_.now());
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

    /// Finer than the service's own clock: much of what is traced takes less than a millisecond.
    static application::SpanTime now() {
        return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    }

    /// Has to differ, and is no secret.
    static domain::SpanId new_span_id() {
        thread_local std::mt19937_64 random{std::random_device{}()};
        domain::SpanId id{};
        for (std::uint64_t bits = random(); std::uint8_t& byte : id) {
            byte = static_cast<std::uint8_t>(bits);
            bits >>= 8U;
        }
        return id;
    }

    std::atomic<Severity> level_;
    const int descriptor_;
    std::atomic<ToLine> to_line_;
    const application::Clock& clock_;
    const std::vector<std::string> labelled_tenants_;
    const std::optional<double> sample_ratio_;
    Metrics metrics_;
    LogWriter writer_;
    SpanQueue spans_{spans_kept};
};

}  // namespace

std::unique_ptr<ProcessTelemetry> make_telemetry(TelemetrySettings settings,
                                                 const application::Clock& clock) {
    return std::make_unique<MetricsAndLogs>(std::move(settings), clock);
}

}  // namespace vcare::telemetry
