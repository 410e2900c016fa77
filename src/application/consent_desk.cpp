// SPDX-License-Identifier: Apache-2.0
#include "application/consent_desk.hpp"

#include "application/ports/clock.hpp"
#include "application/ports/consent_store.hpp"
#include "application/ports/telemetry.hpp"
#include "application/ports/work_queues.hpp"
#include "application/session_desk.hpp"

namespace vcare::application {

using domain::ConsentRecord;
using domain::ConsentType;
using domain::TenantScope;

namespace {

constexpr domain::seconds debt_lease{30};
constexpr unsigned debts_at_once = 50;

std::string_view word_of(const Result<domain::TelehealthProof>& proof) {
    if (proof) return "granted";
    return proof.error().code == ErrorCode::consent_required ? "missing" : "unavailable";
}

}  // namespace

domain::Event event_of(const ConsentRecord& record) {
    const bool granted = record.status == domain::ConsentStatus::granted;
    domain::EventData data;
    data.add("tenantId", record.tenant)
        .add("consentId", record.id)
        .add("patientId", record.patient)
        .add("type", to_wire(record.type))
        .add("capacity", to_wire(record.capacity))
        .add("textVersion", record.text_version)
        .add("at", granted ? record.at : record.withdrawn_at.value_or(record.at));
    return {.type = granted ? domain::EventType::consent_recorded : domain::EventType::consent_withdrawn,
            .subject = record.id.text(),
            .data = data.take()};
}

void ConsentDesk::Granted::add_to(UnitBuilder& unit) const {
    unit.add(event_of(record));
    if (kept == ConsentService::Kept::with_the_unit) unit.unit().consents.push_back(record);
    if (record.type == ConsentType::telehealth) unit.unit().appointments_to_try.push_back(record.patient);
}

Task<Result<domain::ConsentAnswer>> ConsentDesk::decision(TenantScope scope, domain::PatientId patient,
                                                          ConsentType type, ConsentStanding here) {
    const domain::Instant asked = services_.clock.now();
    auto answer = co_await services_.consent_service.decision(std::move(scope), std::move(patient), type,
                                                              std::move(here));
    const std::chrono::duration<double> took = services_.clock.now() - asked;
    services_.telemetry.observe(Metric::consent_check_duration_seconds, took.count());
    co_return answer;
}

Task<Result<domain::TelehealthProof>> ConsentDesk::ask_telehealth(TenantScope scope,
                                                                  domain::PatientId patient,
                                                                  std::string command) {
    auto here = co_await services_.consents.standing(scope, patient, ConsentType::telehealth);
    if (!here) co_return std::unexpected{here.error()};
    co_return co_await ask_telehealth(std::move(scope), std::move(patient), std::move(command),
                                      *std::move(here));
}

Task<Result<domain::TelehealthProof>> ConsentDesk::ask_telehealth(TenantScope scope,
                                                                  domain::PatientId patient,
                                                                  std::string command, ConsentStanding here) {
    const bool is_withdrawn = here.is_withdrawn_here;
    const auto answer = co_await decision(scope, patient, ConsentType::telehealth, std::move(here));
    domain::ConsentQuestion question{scope.tenant(), patient, ConsentType::telehealth, std::move(command)};
    auto proof = domain::ConsentGate::open<ConsentType::telehealth>(std::move(question), answer, is_withdrawn,
                                                                    services_.clock.now());
    services_.telemetry.count_of(scope.tenant().text(), Metric::consent_checks,
                                 {{"gate", "telehealth"}, {"result", word_of(proof)}});
    co_return proof;
}

Task<Result<ConsentDesk::Granted>> ConsentDesk::grant(TenantScope scope, NewConsent consent) {
    if (!services_.consent_service.takes_records())
        co_return refuse(ErrorCode::consent_required,
                         "The clinic records consents itself, not through this service.");
    auto here = co_await services_.consents.standing(scope, consent.patient, consent.type);
    if (here && here->is_withdrawn_here) {
        ConsentDebtPayer payer{services_};
        const auto paid = co_await payer.run_once();
        if (!paid) co_return std::unexpected{paid.error()};
        here = co_await services_.consents.standing(scope, consent.patient, consent.type);
    }
    if (!here) co_return std::unexpected{here.error()};
    if (here->is_withdrawn_here) co_return refuse_unavailable(ErrorCode::consent_service_unavailable);

    IdMaker ids{services_.clock, services_.randomness};
    ConsentRecord record{.id = ids.next<domain::ConsentId>(),
                         .tenant = scope.tenant(),
                         .patient = std::move(consent.patient),
                         .type = consent.type,
                         .status = domain::ConsentStatus::granted,
                         .granted_by = std::move(consent.granted_by),
                         .capacity = consent.capacity,
                         .method = consent.method,
                         .text_version = std::move(consent.text_version),
                         .language = std::move(consent.language),
                         .at = services_.clock.now(),
                         .expires_at = consent.expires_at};
    const auto kept = co_await services_.consent_service.record(std::move(scope), record);
    if (!kept) co_return refuse_unavailable(ErrorCode::consent_service_unavailable);
    co_return Granted{std::move(record), *kept};
}

Task<Result<unsigned>> ConsentDebtPayer::run_once() {
    const domain::Instant now = services_.clock.now();
    auto debts = co_await services_.queues.claim_consent_debts(now, now + debt_lease, debts_at_once);
    if (!debts) co_return std::unexpected{debts.error()};
    unsigned settled = 0;
    for (ConsentDebt& debt : *debts) {
        const TenantScope scope = debt.item.scope();
        const auto kept = co_await services_.consent_service.record(scope, debt.record);
        if (!kept) continue;  // the lease runs out and the debt is claimed again
        if (*kept == ConsentService::Kept::with_the_unit) {
            UnitBuilder unit{services_, RequestContext{}, {services_.clock.now(), "system:consent-debts"}};
            unit.unit().consents.push_back(debt.record);
            const auto outcome = co_await services_.units.commit(scope, unit.take());
            if (!outcome || *outcome != CommitOutcome::done) continue;
        }
        const auto done = co_await services_.queues.settle_consent_debt(debt);
        if (done) ++settled;
    }
    co_return settled;
}

}  // namespace vcare::application
