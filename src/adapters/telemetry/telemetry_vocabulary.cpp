// SPDX-License-Identifier: Apache-2.0
#include "adapters/telemetry/telemetry_vocabulary.hpp"

#include <array>

namespace vcare::telemetry {
namespace {

using enum application::Metric;
using enum MetricKind;

// Every limit of a service level is a bucket's bound, so that the share below it is exact.
constexpr std::array request_seconds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                        0.25,  0.5,    0.8,   1.0,  2.0,   5.0,  10.0};
constexpr std::array dependency_seconds = {0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0};
constexpr std::array people_wait_seconds = {5.0,   15.0,  30.0,  60.0,   120.0,
                                            300.0, 600.0, 900.0, 1800.0, 3600.0};
constexpr std::array loop_seconds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0};

constexpr std::array rows = {
    MetricInfo{http_requests, "vcare_http_requests_total", counter,
               "Requests answered; status dependency: a 503 because something else is away"},
    MetricInfo{http_request_duration_seconds, "vcare_http_request_duration_seconds", histogram,
               "Time from the head of a request to its answer", request_seconds},
    MetricInfo{sessions, "vcare_sessions", gauge,
               "Sessions that are not over (status open: scheduled, waiting and active), up to 100000"},
    MetricInfo{session_transitions, "vcare_session_transitions_total", counter,
               "Changes of a session's status; from none: it was made"},
    MetricInfo{waiting_participants, "vcare_waiting_participants", gauge, "People in waiting rooms now"},
    MetricInfo{waiting_seconds, "vcare_waiting_seconds", histogram,
               "Time from joining the waiting room to being admitted", people_wait_seconds},
    MetricInfo{join_attempts, "vcare_join_attempts_total", counter, "Uses of join links by result"},
    MetricInfo{consent_checks, "vcare_consent_checks_total", counter,
               "Questions to the consent service by result"},
    MetricInfo{consent_check_duration_seconds, "vcare_consent_check_duration_seconds", histogram,
               "Time the consent service took to answer", dependency_seconds},
    MetricInfo{backend_health_check_success, "vcare_backend_health_check_success", gauge,
               "1 while the video backend is healthy, else 0"},
    MetricInfo{backend_health_check_age_seconds, "vcare_backend_health_check_age_seconds", age,
               "Age of the last verdict on the video backend"},
    MetricInfo{fallbacks, "vcare_fallbacks_total", counter,
               "Changes to another mode of talking, of a visit or (reason own_connection) of one person"},
    MetricInfo{outbox_pending, "vcare_outbox_pending", gauge, "Events that wait to be published"},
    MetricInfo{outbox_lag_seconds, "vcare_outbox_lag_seconds", gauge, "Age of the oldest unpublished event"},
    MetricInfo{outbox_dead_letters, "vcare_outbox_dead_letters", gauge, "Events that were given up"},
    MetricInfo{inbox_messages, "vcare_inbox_messages_total", counter,
               "Messages of other services by type and result"},
    MetricInfo{inbox_dead_letters, "vcare_inbox_dead_letters", gauge, "Messages that were given up"},
    MetricInfo{waiting_appointments, "vcare_waiting_appointments", gauge,
               "Appointments without a session yet"},
    MetricInfo{encounter_debts, "vcare_encounter_debts", gauge, "Encounters owed to the record"},
    MetricInfo{encounter_oldest_debt_seconds, "vcare_encounter_oldest_debt_seconds", gauge,
               "Age of the oldest Encounter owed to the record"},
    MetricInfo{encounter_attempts, "vcare_encounter_attempts_total", counter,
               "Tries to write an Encounter by result"},
    MetricInfo{retention_deleted, "vcare_retention_deleted_total", counter,
               "Rows deleted because their time had passed, by kind"},
    MetricInfo{live_streams, "vcare_live_streams", gauge, "Event streams open now"},
    MetricInfo{dependency_up, "vcare_dependency_up", gauge, "1 while a dependency answers, else 0"},
    MetricInfo{dependency_duration_seconds, "vcare_dependency_duration_seconds", histogram,
               "Time a dependency took to answer", dependency_seconds},
    MetricInfo{circuit_state, "vcare_circuit_state", gauge,
               "1 while a failing dependency is left alone, else 0"},
    MetricInfo{
        store_pool, "vcare_store_pool", gauge,
        "Connections to PostgreSQL that rest (idle) or work (busy), and work that waits for one (waiting)"},
    MetricInfo{store_transactions, "vcare_store_transactions_total", counter, "Units of work by result"},
    MetricInfo{event_loop_lag_seconds, "vcare_event_loop_lag_seconds", histogram,
               "How late an event loop's timer fired", loop_seconds},
    MetricInfo{spans_dropped, "vcare_spans_dropped_total", counter,
               "Pieces of traces that no collector got, by reason"},
    MetricInfo{build_info, "vcare_build_info", gauge, "Always 1; the labels say what is running"},
};

constexpr bool follows_the_enumeration() {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].metric != static_cast<application::Metric>(i)) return false;
    }
    return true;
}
static_assert(follows_the_enumeration(), "one row for each metric, in its order");

}  // namespace

std::span<const MetricInfo> vocabulary() {
    return rows;
}

}  // namespace vcare::telemetry
