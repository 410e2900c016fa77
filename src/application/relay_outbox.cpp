// SPDX-License-Identifier: Apache-2.0
#include "application/relay_outbox.hpp"

#include <map>

#include "application/ports/clock.hpp"
#include "application/ports/randomness.hpp"
#include "application/ports/telemetry.hpp"
#include "application/retry_delay.hpp"
#include "application/side_by_side.hpp"
#include "application/span.hpp"

namespace vcare::application {

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
    for (RelayedEvent& relayed : under_way.events) {
        const ClaimedEvent& event = relayed.event;
        lines[line_of(event.item.scope().tenant(), event.entry.event)].push_back(&relayed);
    }
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

}  // namespace vcare::application
