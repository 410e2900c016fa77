// SPDX-License-Identifier: Apache-2.0
#include "application/take_message.hpp"

#include <algorithm>

#include "application/ports/clock.hpp"
#include "application/ports/randomness.hpp"
#include "application/retry_delay.hpp"
#include "application/span.hpp"

namespace vcare::application {
namespace {

/// Something outside the message is away, and comes back.
bool is_outage(const Error& problem) {
    switch (problem.code) {
        case ErrorCode::store_unavailable:
        case ErrorCode::consent_service_unavailable:
        case ErrorCode::video_provider_unavailable:
        case ErrorCode::key_service_unavailable:
        case ErrorCode::optimistic_lock_conflict:
            return true;
        default:
            return false;
    }
}

/// A message of a broker is not left alone for longer than this.
constexpr domain::milliseconds longest_pause{60'000};

}  // namespace

Task<MessageSettled> TakeMessage::operator()(InboundMessage message, unsigned tries) {
    ReadMessage read = reader_.read(message);
    if (std::holds_alternative<NotForUs>(read)) co_return MessageSettled{.is_finished = true};
    if (auto* unreadable = std::get_if<Unreadable>(&read))
        co_return co_await bury(std::move(message), std::move(*unreadable));
    co_return co_await take(std::move(message), std::get<InboundEvent>(std::move(read)), tries);
}

Task<MessageSettled> TakeMessage::take(InboundMessage message, InboundEvent event, unsigned tries) {
    Span span{services_.telemetry, event.head.cause, SpanKind::consumer, "process " + event.head.type};
    span.set("messaging.operation.name", "process");
    span.set("messaging.destination.name", message.stream);
    span.set("messaging.message.id", event.head.message_id);
    event.head.cause = span.context();
    const InboundHead head = event.head;
    const auto taken = co_await take_(std::move(event));
    if (!taken) {
        span.fail();
        co_return co_await note_failure(std::move(message), head, taken.error(), tries);
    }
    count(head.type, *taken == Taken::done ? "done" : "repeated");
    services_.telemetry.log(Severity::info, "inbox.taken",
                            {{"type", head.type},
                             {"message", message.place()},
                             {"result", *taken == Taken::done ? "done" : "repeated"}});
    if (tries > 1) {
        // Else it would be shown as one that is still tried.
        const auto forgotten = co_await services_.inbox.forget_failure(message.place());
        if (!forgotten) co_return again(tries, "store_unavailable");
    }
    co_return MessageSettled{.is_finished = true};
}

Task<MessageSettled> TakeMessage::bury(InboundMessage message, Unreadable unreadable) {
    FailedMessage letter{.place = message.place(),
                         .stream = message.stream,
                         .sequence = message.sequence,
                         .tenant = unreadable.tenant,
                         .message_id = unreadable.message_id,
                         .type = unreadable.type,
                         .problem = unreadable.problem,
                         .failed_at = services_.clock.now(),
                         .is_dead = true};
    const auto noted = co_await services_.inbox.note_failure(std::move(letter), 1);
    if (!noted) co_return again(1, "store_unavailable");
    count(unreadable.type.empty() ? "unknown" : unreadable.type, "dead");
    services_.telemetry.log(Severity::error, "inbox.dead_letter",
                            {{"message", message.place()}, {"problem", unreadable.problem}});
    co_return MessageSettled{.is_finished = true, .problem = std::move(unreadable.problem), .is_dead = true};
}

Task<MessageSettled> TakeMessage::note_failure(InboundMessage message, InboundHead head, Error problem,
                                               unsigned tries) {
    const std::string code{domain::info_of(problem.code).wire};
    services_.telemetry.log(Severity::warning, "inbox.failed",
                            {{"type", head.type}, {"message", message.place()}, {"code", code}});
    count(head.type, is_outage(problem) ? "later" : "failed");
    if (is_outage(problem)) co_return again(tries, code);
    FailedMessage letter{.place = message.place(),
                         .stream = message.stream,
                         .sequence = message.sequence,
                         .tenant = head.tenant.text(),
                         .message_id = head.message_id,
                         .type = head.type,
                         .problem = code,
                         .failed_at = services_.clock.now()};
    const auto noted = co_await services_.inbox.note_failure(std::move(letter), most_failures);
    if (!noted || !noted->is_dead) co_return again(tries, code);
    count(head.type, "dead");
    services_.telemetry.log(Severity::error, "inbox.dead_letter",
                            {{"message", message.place()}, {"problem", code}});
    co_return MessageSettled{.is_finished = true, .problem = code, .is_dead = true};
}

MessageSettled TakeMessage::again(unsigned tries, std::string problem) const {
    std::uint32_t random = 0;
    services_.randomness.fill(std::as_writable_bytes(std::span{&random, 1}));
    const auto pause = std::min(retry_delay(tries, random, std::nullopt), longest_pause);
    return {.again_after = pause, .problem = std::move(problem)};
}

void TakeMessage::count(std::string_view type, std::string_view result) {
    services_.telemetry.count(Metric::inbox_messages, {{"type", type}, {"result", result}});
}

}  // namespace vcare::application
