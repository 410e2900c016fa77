// SPDX-License-Identifier: Apache-2.0
#include "application/receive_messages.hpp"

#include "application/ports/clock.hpp"

namespace vcare::application {
namespace {

constexpr domain::seconds again_after_outage{1};

}  // namespace

Task<Result<Round>> ReceiveMessages::run_once() {
    std::vector<Delivery> deliveries = source_.ready();
    for (Delivery& delivery : deliveries) {
        const std::uint64_t ticket = delivery.ticket;
        MessageSettled settled = co_await take_(std::move(delivery.message), delivery.tries);
        source_.settle(ticket, std::move(settled));
    }
    const auto replayed = co_await replay();
    if (!replayed) co_return std::unexpected{replayed.error()};
    co_return deliveries.empty() && *replayed == Round::idle ? Round::idle : Round::more;
}

Task<Result<Round>> ReceiveMessages::replay() {
    constexpr unsigned at_once = 20;
    const domain::Instant now = services_.clock.now();
    auto held = co_await services_.inbox.claim_failures_to_replay(now, now + claim_life, at_once);
    if (!held) co_return std::unexpected{held.error()};
    for (auto letter = held->begin(); letter != held->end(); ++letter) {
        const auto replayed = co_await replay(letter->message);
        if (replayed) continue;
        // What is away now is away for the others, too. When even that cannot be written, the claim runs out.
        std::vector<HeldMessage> left{letter, held->end()};
        static_cast<void>(co_await services_.inbox.put_off_replays(
            std::move(left), services_.clock.now() + again_after_outage));
        co_return std::unexpected{replayed.error()};
    }
    co_return held->empty() ? Round::idle : Round::more;
}

Task<Result<void>> ReceiveMessages::replay(FailedMessage letter) {
    auto message = co_await source_.read_again(letter.stream, letter.sequence);
    if (!message) co_return std::unexpected{message.error()};
    if (!*message) {
        letter.problem = "the stream does not have it any more";
        letter.failed_at = services_.clock.now();
        letter.is_dead = true;
        const auto noted = co_await services_.inbox.note_failure(letter, 1);
        if (!noted) co_return std::unexpected{noted.error()};
        co_return Result<void>{};
    }
    const MessageSettled settled = co_await take_(**std::move(message), 2);
    // It stays to be replayed while a service is away.
    if (settled.is_finished) co_return Result<void>{};
    co_return refuse_unavailable(ErrorCode::store_unavailable);
}

}  // namespace vcare::application
