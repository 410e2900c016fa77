// SPDX-License-Identifier: Apache-2.0
#include "application/send_reminders.hpp"

#include "application/ports/clock.hpp"
#include "application/ports/telemetry.hpp"

namespace vcare::application {

Task<Result<Round>> SendReminders::run_once() {
    const domain::Instant now = services_.clock.now();
    auto due = co_await services_.queues.claim_reminders(now, now + lease, batch);
    if (!due) co_return std::unexpected{due.error()};
    const bool was_full = due->size() == batch;
    for (DueReminder& reminder : *due) {
        const auto reminded = co_await remind(std::move(reminder));
        // The claim runs out, and it is tried again.
        if (!reminded)
            services_.telemetry.log(Severity::warning, "reminder.put_off",
                                    {{"code", std::string{domain::info_of(reminded.error().code).wire}}});
    }
    co_return was_full ? Round::more : Round::idle;
}

Task<Result<void>> SendReminders::remind(DueReminder due) {
    const domain::TenantScope& scope = due.item.scope();
    const auto loaded = co_await desk_.load(scope, due.session);
    const bool is_gone = !loaded && loaded.error().code == ErrorCode::session_not_found;
    if (!loaded && !is_gone) co_return std::unexpected{loaded.error()};

    const domain::Instant now = services_.clock.now();
    UnitBuilder unit{services_, RequestContext::of(scope.trace()), {now, "system:reminders"}};
    ReminderWrite next{.session = due.session, .held_until = due.held_until};
    if (loaded) {
        const domain::SessionData& session = loaded->session.data();
        next.due = domain::next_reminder(session, loaded->config, now);
        for (domain::Notification& told : domain::reminders_of(session, loaded->config, now))
            unit.tell(std::move(told), session, loaded->config);
    }
    unit.unit().reminders.push_back(std::move(next));
    // Stale: the visit changed meanwhile, and with it when to remind of it.
    const auto outcome = co_await desk_.commit(scope, unit.take());
    if (!outcome) co_return std::unexpected{outcome.error()};
    co_return Result<void>{};
}

}  // namespace vcare::application
