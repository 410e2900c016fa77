// SPDX-License-Identifier: Apache-2.0
#include "application/tell_live_streams.hpp"

#include "application/ports/clock.hpp"
#include "application/ports/work_queues.hpp"

namespace vcare::application {

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

}  // namespace vcare::application
