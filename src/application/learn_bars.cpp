// SPDX-License-Identifier: Apache-2.0
#include "application/learn_bars.hpp"

#include "application/ports/bearer_verifier.hpp"
#include "application/ports/clock.hpp"

namespace vcare::application {
namespace {

/// A commit may become visible after a later one, and its time is from its own replica's clock.
constexpr domain::minutes overlap{2};
/// For what a replica wrote whose clock is further behind.
constexpr domain::minutes between_full_reads{10};
constexpr unsigned read_at_once = 1'000;

}  // namespace

Task<Result<Round>> LearnBars::run_once() {
    const domain::Instant now = services_.clock.now();
    const bool reads_all = !read_all_at_ || now - *read_all_at_ >= between_full_reads;
    if (reads_all) services_.bearers.forget_bars(now - domain::bar_life);
    BarPlace place{.written_at = reads_all ? domain::Instant{} : last_.written_at - overlap};
    for (bool is_more = true; is_more;) {
        const auto written = co_await services_.inbox.barred_users_after(place, read_at_once);
        if (!written) co_return std::unexpected{written.error()};
        for (const WrittenBar& bar : *written) {
            const bool is_news = services_.bearers.bar(bar.barred);
            if (is_news && heard_) heard_(bar.barred);
        }
        is_more = written->size() == read_at_once;
        if (!written->empty()) place = written->back().place();
    }
    last_ = std::move(place);
    if (reads_all) read_all_at_ = now;
    co_return Round::idle;
}

}  // namespace vcare::application
