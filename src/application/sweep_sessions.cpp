// SPDX-License-Identifier: Apache-2.0
#include "application/sweep_sessions.hpp"

#include "application/ports/clock.hpp"
#include "application/ports/presence_store.hpp"
#include "application/ports/telemetry.hpp"

namespace vcare::application {
namespace {

using domain::TenantScope;

constexpr unsigned sweep_batch = 100;
constexpr domain::seconds look_again_after_refusal{5};

/// As long as a silent replica counts as alive, what was decided for its heartbeat may still be done.
constexpr domain::seconds heartbeat_life{15};

// Whoever is too late for what he claimed has given it up by then.
static_assert(SweepSessions::claim_life >= heartbeat_life);

bool is_too_old(const domain::SweepClock& heartbeat, domain::Instant now) {
    return now - heartbeat.now > heartbeat_life;
}

}  // namespace

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
    const bool nothing_to_do =
        first.action == domain::SweepAction::nothing && first.lost.empty() && first.out_of_sight.empty();
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
        for (const domain::ParticipantId& id : decision.out_of_sight) {
            const auto noted = loaded.session.report_connection(
                id, domain::ConnectionQuality::unknown, loaded.session.find(id)->media_mode, unit.occasion());
            if (!noted) return noted;
        }
        unit.look_at(decision.look_again);
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

}  // namespace vcare::application
