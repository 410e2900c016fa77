// SPDX-License-Identifier: Apache-2.0
#include "application/watch_queues.hpp"

#include "application/ports/clock.hpp"
#include "application/ports/inbox_store.hpp"
#include "application/ports/telemetry.hpp"
#include "application/ports/work_queues.hpp"

namespace vcare::application {
namespace {

double age_seconds(std::optional<domain::Instant> since, domain::Instant now) {
    if (!since) return 0;
    return std::chrono::duration<double>(now - *since).count();
}

}  // namespace

Task<Result<Round>> WatchQueues::run_once() {
    const auto lengths = co_await services_.queues.lengths();
    services_.telemetry.gauge(Metric::dependency_up, lengths ? 1 : 0, {{"dependency", "store"}});
    if (!lengths) co_return std::unexpected{lengths.error()};
    const domain::Instant now = services_.clock.now();
    Telemetry& telemetry = services_.telemetry;
    const auto number = [](std::uint64_t n) { return static_cast<double>(n); };
    telemetry.gauge(Metric::outbox_pending, number(lengths->outbox_pending));
    telemetry.gauge(Metric::outbox_lag_seconds, age_seconds(lengths->oldest_unpublished, now));
    telemetry.gauge(Metric::outbox_dead_letters, number(lengths->outbox_dead));
    telemetry.gauge(Metric::encounter_debts, number(lengths->encounter_debts));
    telemetry.gauge(Metric::encounter_oldest_debt_seconds, age_seconds(lengths->oldest_encounter_debt, now));
    telemetry.gauge(Metric::waiting_participants, number(lengths->waiting_participants));
    telemetry.gauge(Metric::sessions, number(lengths->open_sessions), {{"status", "open"}});
    const auto inbox = co_await services_.inbox.lengths();
    if (!inbox) co_return std::unexpected{inbox.error()};
    telemetry.gauge(Metric::inbox_dead_letters, number(inbox->dead_letters));
    telemetry.gauge(Metric::waiting_appointments, number(inbox->waiting_appointments));
    const auto tidied = co_await services_.queues.tidy_up(now, 500);
    if (!tidied) co_return std::unexpected{tidied.error()};
    co_return *tidied == 500 ? Round::more : Round::idle;
}

}  // namespace vcare::application
