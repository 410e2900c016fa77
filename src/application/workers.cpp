// SPDX-License-Identifier: Apache-2.0
#include "application/workers.hpp"

#include <algorithm>
#include <map>

#include "application/ports/clock.hpp"
#include "application/ports/inbox_store.hpp"
#include "application/ports/keys.hpp"
#include "application/ports/presence_store.hpp"
#include "application/ports/telemetry.hpp"
#include "application/side_by_side.hpp"
#include "application/span.hpp"
#include "domain/encounter.hpp"

namespace vcare::application {
namespace {

using domain::TenantScope;

constexpr unsigned sweep_batch = 100;
constexpr unsigned seal_batch = 500;
constexpr std::uint64_t longest_retry_ms = std::uint64_t{5} * 60 * 1000;
constexpr domain::seconds look_again_after_refusal{5};

/// As long as a silent replica counts as alive, what was decided for its heartbeat may still be done.
constexpr domain::seconds heartbeat_life{15};

// Whoever is too late for what he claimed has given it up by then.
static_assert(SweepSessions::claim_life >= heartbeat_life);

bool is_too_old(const domain::SweepClock& heartbeat, domain::Instant now) {
    return now - heartbeat.now > heartbeat_life;
}

double age_seconds(std::optional<domain::Instant> since, domain::Instant now) {
    if (!since) return 0;
    return std::chrono::duration<double>(now - *since).count();
}

/// What keeps the order among events: their session, or their subject when they are about none.
std::string line_of(const ClaimedEvent& event) {
    const domain::Event& told = event.entry.event;
    return event.item.scope().tenant().text() + "/" + (told.session.empty() ? told.subject : told.session);
}

}  // namespace

Task<Result<void>> TellLiveStreams::begin() {
    const auto last = co_await services_.queues.last_position();
    if (!last) co_return std::unexpected{last.error()};
    told_ = *last;
    co_return Result<void>{};
}

Task<Result<Round>> TellLiveStreams::run_once() {
    if (!told_) {
        const auto begun = co_await begin();
        if (!begun) co_return std::unexpected{begun.error()};
    }
    const auto published_at =
        services_.broker.is_embedded() ? std::optional{services_.clock.now()} : std::nullopt;
    auto events = co_await services_.queues.number_events(*told_, batch, published_at);
    if (!events) co_return std::unexpected{events.error()};
    if (events->empty()) co_return Round::idle;
    const bool was_full = events->size() == batch;
    told_ = events->back().position;
    services_.live.announce(std::move(*events));
    co_return was_full ? Round::more : Round::idle;
}

/// Outlives every line, which end within the round.
struct RelayOutbox::Batch {
    std::vector<RelayedEvent> events;
    domain::Instant until;
    bool is_broker_away = false;
};

Task<Result<Round>> RelayOutbox::run_once() {
    if (!services_.broker.is_there()) co_return Round::idle;
    const domain::Instant now = services_.clock.now();
    auto claimed = co_await services_.queues.claim_events(now, now + claim_life, batch);
    if (!claimed) co_return std::unexpected{claimed.error()};
    if (claimed->empty()) co_return Round::idle;
    const bool was_full = claimed->size() == batch;

    Batch under_way{.events = {}, .until = now + round_life};
    for (ClaimedEvent& event : *claimed) under_way.events.push_back({.event = std::move(event)});
    std::map<std::string, std::vector<RelayedEvent*>> lines;
    for (RelayedEvent& event : under_way.events) lines[line_of(event.event)].push_back(&event);
    std::vector<Task<void>> relays;
    for (auto& [key, line] : lines) relays.push_back(relay(std::move(line), &under_way));
    co_await side_by_side(std::move(relays));

    const bool goes_on = was_full && !under_way.is_broker_away;
    const auto settled =
        co_await services_.queues.settle_events(std::move(under_way.events), services_.clock.now());
    if (!settled) co_return std::unexpected{settled.error()};
    co_return goes_on ? Round::more : Round::idle;
}

Task<void> RelayOutbox::relay(std::vector<RelayedEvent*> line, Batch* under_way) {
    for (RelayedEvent* relayed : line) {
        const bool is_over = under_way->is_broker_away || services_.clock.now() > under_way->until;
        if (is_over) co_return;
        auto outcome = co_await publish(relayed->event);
        if (!outcome) co_return;
        if (std::holds_alternative<BrokerAway>(*outcome)) {
            under_way->is_broker_away = true;
            co_return;
        }
        if (auto* refused = std::get_if<EventRefused>(&*outcome)) {
            note_refusal(*relayed, std::move(refused->reason));
            // Behind a dead letter the session goes on.
            if (relayed->result == RelayResult::refused) co_return;
        } else {
            relayed->result = RelayResult::acknowledged;
        }
    }
}

Task<std::optional<PublishOutcome>> RelayOutbox::publish(ClaimedEvent event) {
    if (event.entry.event.type == domain::EventType::notification_requested) {
        const std::string id = event.entry.id.text();
        auto completed = co_await complete_(event.item.scope(), std::move(event.entry));
        if (!completed) {
            const auto& problem = domain::info_of(completed.error().code);
            services_.telemetry.log(Severity::warning, "notification.put_off",
                                    {{"event", id}, {"code", std::string{problem.wire}}});
            // What does not mend itself must not hold up its session for ever.
            if (!problem.retryable) co_return EventRefused{std::string{problem.wire}};
            co_return std::nullopt;
        }
        if (!*completed) {
            services_.telemetry.log(Severity::info, "notification.dropped", {{"event", id}});
            co_return EventAcknowledged{};
        }
        event.entry = **std::move(completed);
    }
    const auto cause = domain::TraceContext::parse(event.entry.traceparent);
    const std::string type{domain::to_wire(event.entry.event.type)};
    Span span{services_.telemetry, cause.value_or(domain::TraceContext{}), SpanKind::producer,
              "publish " + type};
    span.set("messaging.operation.name", "publish");
    span.set("messaging.destination.name", type);
    span.set("messaging.message.id", event.entry.id.text());
    // Whoever takes it goes on from here.
    if (cause) event.entry.traceparent = span.context().to_traceparent();
    PublishOutcome outcome =
        co_await services_.broker.publish(event.item.scope().tenant(), std::move(event.entry));
    if (!std::holds_alternative<EventAcknowledged>(outcome)) span.fail();
    co_return std::move(outcome);
}

void RelayOutbox::note_refusal(RelayedEvent& event, std::string reason) {
    const unsigned refusals = event.event.refusals + 1;
    const bool is_dead = refusals >= most_refusals;
    std::uint32_t random = 0;
    services_.randomness.fill(std::as_writable_bytes(std::span{&random, 1}));
    event.result = is_dead ? RelayResult::dead : RelayResult::refused;
    event.next_attempt = services_.clock.now() + retry_delay(refusals, random, std::nullopt);
    services_.telemetry.log(is_dead ? Severity::error : Severity::warning,
                            is_dead ? "outbox.dead_letter" : "outbox.refused",
                            {{"event", event.event.entry.id.text()},
                             {"type", std::string{domain::to_wire(event.event.entry.event.type)}},
                             {"problem", reason}});
    event.problem = std::move(reason);
}

SweepSessions::SweepSessions(const Services& services, domain::Instant resting_until)
    : services_(services), desk_(services), resting_until_(resting_until) {
}

Task<Result<Round>> SweepSessions::run_once(domain::SweepClock heartbeat) {
    const domain::Instant now = services_.clock.now();
    if (heartbeat.now < resting_until_ || is_too_old(heartbeat, now)) co_return Round::idle;
    auto due = co_await services_.queues.claim_due_sessions(heartbeat.now, now + claim_life, sweep_batch);
    if (!due) co_return std::unexpected{due.error()};
    const bool was_full = due->size() == sweep_batch;
    for (DueSession& session : *due) {
        if (is_too_old(heartbeat, services_.clock.now())) co_return Round::idle;
        const DueSession again = session;
        const auto swept = co_await sweep(std::move(session), heartbeat);
        if (swept) continue;
        services_.telemetry.log(Severity::warning, "sweeper.put_off",
                                {{"code", std::string{domain::info_of(swept.error().code).wire}}});
        const auto put_off =
            co_await services_.queues.look_again(again, services_.clock.now() + look_again_after_refusal);
        if (!put_off) co_return std::unexpected{put_off.error()};
    }
    co_return was_full ? Round::more : Round::idle;
}

Task<Result<void>> SweepSessions::sweep(DueSession due, domain::SweepClock heartbeat) {
    const TenantScope scope = due.item.scope();
    const auto loaded = co_await desk_.load(scope, due.session);
    if (!loaded && loaded.error().code == ErrorCode::session_not_found)
        co_return co_await services_.queues.look_again(due, std::nullopt);
    if (!loaded) co_return std::unexpected{loaded.error()};
    const auto presences = co_await services_.presence.presences(scope, due.session, heartbeat.now);
    if (!presences) co_return std::unexpected{presences.error()};
    const auto first = domain::decide_sweep(loaded->session.data(), *presences, loaded->config, heartbeat);
    const bool nothing_to_do = first.action == domain::SweepAction::nothing && first.lost.empty();
    if (nothing_to_do) co_return co_await services_.queues.look_again(due, first.look_again);

    // Decided again on what is loaded for the change: the session may have moved since, and so may the time,
    // while people came back through another replica.
    auto decide = [presences = *presences, heartbeat, &clock = services_.clock](
                      LoadedSession& loaded, UnitBuilder& unit) -> Result<void> {
        if (is_too_old(heartbeat, clock.now())) return refuse_stale(loaded.session.data().version);
        const auto decision =
            domain::decide_sweep(loaded.session.data(), presences, loaded.config, heartbeat);
        for (const domain::ParticipantId& id : decision.lost) {
            if (const auto lost = loaded.session.lose_transport(id, unit.occasion()); !lost) return lost;
        }
        switch (decision.action) {
            case domain::SweepAction::nothing:
                return {};
            case domain::SweepAction::expire:
                return loaded.session.expire(unit.occasion());
            case domain::SweepAction::abandon:
                return loaded.session.abandon(unit.occasion());
        }
        return {};
    };
    const domain::Occasion occasion{services_.clock.now(), "system:sweeper"};
    const auto done = co_await desk_.change(scope, due.session, occasion, std::move(decide));
    if (!done) co_return std::unexpected{done.error()};
    co_return Result<void>{};  // the change says itself when to look again
}

domain::milliseconds retry_delay(unsigned attempts, std::uint32_t random,
                                 std::optional<domain::seconds> asked) {
    if (asked) return std::min<domain::milliseconds>(*asked, domain::milliseconds{longest_retry_ms});
    const unsigned doublings = std::min(attempts, 9U);
    const std::uint64_t ceiling = std::min<std::uint64_t>(longest_retry_ms, 1000ULL << doublings);
    return domain::milliseconds{1 + random % ceiling};
}

Task<Result<Round>> PayEncounters::run_once() {
    const unsigned at_once = max_in_flight_;
    const domain::Instant now = services_.clock.now();
    auto debts = co_await services_.queues.claim_encounter_debts(now, now + lease, at_once);
    if (!debts) co_return std::unexpected{debts.error()};
    const bool was_full = debts->size() == at_once;
    std::vector<Task<void>> payments;
    for (EncounterDebt& debt : *debts) payments.push_back(pay_or_put_off(std::move(debt)));
    co_await side_by_side(std::move(payments));
    co_return was_full ? Round::more : Round::idle;
}

Task<void> PayEncounters::pay_or_put_off(EncounterDebt debt) {
    const auto paid = co_await pay(debt);
    if (paid) co_return;
    const std::string problem{domain::info_of(paid.error().code).wire};
    services_.telemetry.count(Metric::encounter_attempts, {{"result", "failed"}});
    services_.telemetry.log(Severity::warning, "encounter.put_off",
                            {{"session", debt.session.text()}, {"code", problem}});
    // When even that cannot be written, the lease runs out and the debt is claimed again.
    static_cast<void>(co_await put_off(std::move(debt), problem, std::nullopt));
}

Task<Result<void>> PayEncounters::pay(EncounterDebt debt) {
    Span span{services_.telemetry, debt.item.scope().trace(), SpanKind::internal, "pay encounter"};
    const TenantScope scope = debt.item.scope().traced_by(span.context());
    const auto loaded = co_await desk_.load(scope, debt.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    const auto encounter = domain::encounter_of(loaded->session.data(), loaded->config);
    if (!encounter) co_return co_await services_.queues.bury_encounter_debt(debt, "never_active");
    EncounterOutcome outcome = co_await services_.fhir.create_encounter(scope, *encounter);
    if (!std::holds_alternative<EncounterWritten>(outcome)) span.fail();
    if (auto* written = std::get_if<EncounterWritten>(&outcome))
        co_return co_await note_written(scope, std::move(debt), std::move(written->encounter_id));
    if (auto* refused = std::get_if<EncounterRefused>(&outcome))
        co_return co_await bury(std::move(debt), std::move(*refused));
    auto& later = std::get<EncounterLater>(outcome);
    services_.telemetry.count(Metric::encounter_attempts, {{"result", "later"}});
    co_return co_await put_off(std::move(debt), std::move(later.reason), later.retry_after);
}

Task<Result<void>> PayEncounters::note_written(TenantScope scope, EncounterDebt debt,
                                               std::string encounter_id) {
    services_.telemetry.count(Metric::encounter_attempts, {{"result", "written"}});
    auto decide = [id = std::move(encounter_id), attempts = static_cast<int>(debt.attempts) + 1,
                   session = debt.session](LoadedSession& now, UnitBuilder& unit) -> Result<void> {
        unit.unit().paid_encounter = session;
        return now.session.keep_encounter(id, attempts, unit.occasion());
    };
    const auto kept = co_await desk_.change(std::move(scope), debt.session,
                                            {services_.clock.now(), "system:encounters"}, std::move(decide));
    if (!kept) co_return std::unexpected{kept.error()};
    co_return Result<void>{};
}

Task<Result<void>> PayEncounters::bury(EncounterDebt debt, EncounterRefused refused) {
    services_.telemetry.count(Metric::encounter_attempts, {{"result", "refused"}});
    std::string problem = std::move(refused.reason);
    for (const std::string& code : refused.codes) problem += " " + code;
    services_.telemetry.log(Severity::error, "encounter.refused",
                            {{"session", debt.session.text()}, {"problem", problem}});
    co_return co_await services_.queues.bury_encounter_debt(std::move(debt), std::move(problem));
}

Task<Result<void>> PayEncounters::put_off(EncounterDebt debt, std::string problem,
                                          std::optional<domain::seconds> asked) {
    std::uint32_t random = 0;
    services_.randomness.fill(std::as_writable_bytes(std::span{&random, 1}));
    const domain::Instant next = services_.clock.now() + retry_delay(debt.attempts, random, asked);
    co_return co_await services_.queues.postpone_encounter_debt(std::move(debt), next, std::move(problem));
}

Task<Result<Round>> SealAudit::run_once() {
    const auto sealing = co_await services_.queues.seal_audit(seal_batch);
    if (!sealing) co_return std::unexpected{sealing.error()};
    if (const auto now = services_.clock.now(); sealing->stuck_chains > 0 && now >= tell_again_) {
        tell_again_ = now + checkpoint_every;
        services_.telemetry.log(Severity::error, "audit.not_sealed",
                                {{"chains", std::to_string(sealing->stuck_chains)}});
    }
    const auto signed_one = co_await sign_checkpoint();
    if (!signed_one) co_return std::unexpected{signed_one.error()};
    co_return sealing->entries >= seal_batch ? Round::more : Round::idle;
}

Task<Result<void>> SealAudit::sign_checkpoint() {
    const domain::Instant now = services_.clock.now();
    if (now < next_checkpoint_) co_return Result<void>{};
    const domain::Instant next = now + checkpoint_every;
    auto turn = co_await services_.queues.claim_checkpoint(now, now + turn_life, next);
    if (!turn) co_return std::unexpected{turn.error()};
    next_checkpoint_ = turn->until;
    if (!turn->is_ours) co_return Result<void>{};
    auto signature = co_await services_.keys.sign_checkpoint(turn->text);
    if (!signature) co_return std::unexpected{signature.error()};
    const auto kept =
        co_await services_.queues.keep_checkpoint(*std::move(turn), std::move(*signature), now, next);
    if (!kept) co_return std::unexpected{kept.error()};
    next_checkpoint_ = next;
    co_return Result<void>{};
}

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
