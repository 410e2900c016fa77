// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

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
    encounter_debts,
    encounter_oldest_debt_seconds,
    encounter_attempts,
    live_streams,
    dependency_up,
    dependency_duration_seconds,
    circuit_state,
    store_transactions,
    event_loop_lag_seconds,
    build_info,
};

/// A label: both parts bounded, known words. Never an id, a name or a tenant.
using Label = std::pair<std::string_view, std::string_view>;
using Labels = std::initializer_list<Label>;

enum class Severity : std::uint8_t { debug, info, warning, error };

/// A field of a log line. Ids are allowed (a patient's only hashed); `Phi` has no way in.
struct LogField {
    std::string_view name;
    std::string value;
};

/// Counting and telling, one port for both. Never blocks; safe to call from any thread.
class Telemetry {
  public:
    virtual ~Telemetry() = default;
    virtual void count(Metric metric, Labels labels = {}, double by = 1) = 0;
    virtual void observe(Metric metric, double value, Labels labels = {}) = 0;
    virtual void gauge(Metric metric, double value, Labels labels = {}) = 0;
    /// `event` is a fixed word such as `relay.published`, not a sentence with values in it.
    virtual void log(Severity severity, std::string_view event,
                     std::initializer_list<LogField> fields = {}) = 0;
    /// Whether a line of this severity goes anywhere; where it does not, its fields need not be made.
    [[nodiscard]] virtual bool is_logged(Severity severity) const {
        static_cast<void>(severity);
        return true;
    }
};

}  // namespace vcare::application
