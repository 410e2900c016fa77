// SPDX-License-Identifier: Apache-2.0
#include "application/pay_encounters.hpp"

#include <algorithm>

#include "application/ports/clock.hpp"
#include "application/ports/randomness.hpp"
#include "application/ports/telemetry.hpp"
#include "application/retry_delay.hpp"
#include "application/side_by_side.hpp"
#include "application/span.hpp"
#include "domain/encounter.hpp"

namespace vcare::application {
namespace {

using domain::TenantScope;

const std::string& tenant_of(const EncounterDebt& debt) {
    return debt.item.scope().tenant().text();
}

}  // namespace

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
    services_.telemetry.count_of(tenant_of(debt), Metric::encounter_attempts, {{"result", "failed"}});
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
    services_.telemetry.count_of(tenant_of(debt), Metric::encounter_attempts, {{"result", "later"}});
    co_return co_await put_off(std::move(debt), std::move(later.reason), later.retry_after);
}

Task<Result<void>> PayEncounters::note_written(TenantScope scope, EncounterDebt debt,
                                               std::string encounter_id) {
    services_.telemetry.count_of(tenant_of(debt), Metric::encounter_attempts, {{"result", "written"}});
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
    services_.telemetry.count_of(tenant_of(debt), Metric::encounter_attempts, {{"result", "refused"}});
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

}  // namespace vcare::application
