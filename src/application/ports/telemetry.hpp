// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/time.hpp"
#include "domain/trace.hpp"

namespace vcare::application {

/// Every metric there is; names and help texts are one table in `telemetry_vocabulary.cpp`.
enum class Metric : std::uint8_t {
    http_requests,
    http_request_duration_seconds,
    sessions,
    session_transitions,
    waiting_participants,
    waiting_seconds,
    join_attempts,
    consent_checks,
    consent_check_duration_seconds,
    backend_health_check_success,
    backend_health_check_age_seconds,
    fallbacks,
    outbox_pending,
    outbox_lag_seconds,
    outbox_dead_letters,
    inbox_messages,
    inbox_dead_letters,
    waiting_appointments,
    encounter_debts,
    encounter_oldest_debt_seconds,
    encounter_attempts,
    retention_deleted,
    live_streams,
    dependency_up,
    dependency_duration_seconds,
    circuit_state,
    store_pool,
    store_transactions,
    event_loop_lag_seconds,
    spans_dropped,
    build_info,
};

/// A label: both parts bounded, known words. Never an id or a name; a tenant has a way of its own,
/// `count_of`.
using Label = std::pair<std::string_view, std::string_view>;
using Labels = std::initializer_list<Label>;

enum class Severity : std::uint8_t { debug, info, warning, error };

/// A field of a log line. Ids are allowed (a patient's only hashed); `Phi` has no way in.
struct LogField {
    std::string_view name;
    std::string value;
};

/// The part of a piece of work in what it belongs to. The numbers are OTLP's.
enum class SpanKind : std::uint8_t { internal = 1, server, client, producer, consumer };

/// A name of OpenTelemetry's semantic conventions, and a value that is no PHI.
struct SpanAttribute {
    std::string_view name;
    std::string value;
};

using SpanTime = std::chrono::sys_time<std::chrono::microseconds>;

/// A piece of work with its beginning and its end, as a collector of traces shows it.
struct FinishedSpan {
    domain::TraceContext context;  ///< its own
    domain::SpanId parent{};       ///< zeros: the trace begins here
    SpanKind kind{};
    std::string name;  ///< such as `GET /sessions/{id}`: few, known, without ids
    SpanTime began;
    SpanTime ended = {};
    std::vector<SpanAttribute> attributes = {};
    bool has_failed = false;
};

/// What a piece of work has from its first moment.
struct SpanStart {
    domain::SpanId id;
    SpanTime at;
};

/// Counting, telling and tracing, one port for all. Never blocks; safe to call from any thread.
class Telemetry {
  public:
    virtual ~Telemetry() = default;
    virtual void count(Metric metric, Labels labels = {}, double by = 1) = 0;
    /// Counted apart for a tenant that whoever runs the service wants to see by itself; for any other as by
    /// `count`.
    virtual void count_of(std::string_view tenant, Metric metric, Labels labels) {
        static_cast<void>(tenant);
        count(metric, labels);
    }
    virtual void observe(Metric metric, double value, Labels labels = {}) = 0;
    virtual void gauge(Metric metric, double value, Labels labels = {}) = 0;
    /// A gauge of an age: whoever reads it sees how long ago `since` is by then, also when nobody sets it any
    /// more.
    virtual void age(Metric metric, domain::Instant since, Labels labels = {}) {
        static_cast<void>(metric);
        static_cast<void>(since);
        static_cast<void>(labels);
    }
    /// `event` is a fixed word such as `relay.published`, not a sentence with values in it.
    virtual void log(Severity severity, std::string_view event,
                     std::initializer_list<LogField> fields = {}) = 0;
    /// Whether a line of this severity goes anywhere; where it does not, its fields need not be made.
    [[nodiscard]] virtual bool is_logged(Severity severity) const {
        static_cast<void>(severity);
        return true;
    }

    /// Whether a trace that begins here is to be seen.
    [[nodiscard]] virtual bool samples(const domain::TraceId& trace) const {
        static_cast<void>(trace);
        return false;
    }
    /// Nothing when nobody wants to see what `cause` leads to. See `Span`.
    [[nodiscard]] virtual std::optional<SpanStart> begin_span(const domain::TraceContext& cause) {
        static_cast<void>(cause);
        return std::nullopt;
    }
    /// The time of the end is put in here.
    virtual void end_span(FinishedSpan span) { static_cast<void>(span); }
};

}  // namespace vcare::application
