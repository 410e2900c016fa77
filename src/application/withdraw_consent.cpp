// SPDX-License-Identifier: Apache-2.0
#include "application/withdraw_consent.hpp"

#include "application/consent_texts.hpp"
#include "application/ports/clock.hpp"

namespace vcare::application {
namespace {

using domain::ConsentRecord;
using domain::ConsentStatus;
using domain::ConsentType;

}  // namespace

Task<Result<ConsentRecord>> WithdrawConsent::operator()(Command command) {
    auto once = [this, command] { return try_once(command); };
    auto tried = co_await try_until_settled<ConsentRecord>(std::move(once));
    if (tried && *tried) {
        // The owner is told at once where that works; where it does not, the debt stays.
        ConsentDebtPayer payer{services_};
        static_cast<void>(co_await payer.run_once());
    }
    co_return settled_or(std::move(tried), refuse_unavailable(ErrorCode::store_unavailable));
}

Task<Result<std::optional<ConsentRecord>>> WithdrawConsent::try_once(Command command) {
    UnitBuilder unit{services_, command.request, {services_.clock.now(), command.actor}};
    const auto record = co_await add_to(&unit, command);
    if (!record) co_return std::unexpected{record.error()};
    unit.keep(command.keep, *record);
    const auto is_done = co_await desk_.settle(command.scope, unit.take());
    if (!is_done) co_return std::unexpected{is_done.error()};
    co_return *is_done ? std::optional{*record} : std::nullopt;
}

Task<Result<ConsentRecord>> WithdrawConsent::add_to(UnitBuilder* unit, Command command) {
    const domain::TenantScope& scope = command.scope;
    const domain::Instant now = unit->occasion().at;
    auto standing = co_await services_.consents.standing(scope, command.patient, command.type);
    if (!standing) co_return std::unexpected{standing.error()};
    const auto config = co_await services_.tenants.load_config(scope);
    if (!config) co_return std::unexpected{config.error()};

    IdMaker ids{services_.clock, services_.randomness};
    ConsentRecord record =
        standing->newest ? *std::move(standing->newest)
                         : ConsentRecord{.id = ids.next<domain::ConsentId>(),
                                         .tenant = scope.tenant(),
                                         .patient = command.patient,
                                         .type = command.type,
                                         .granted_by = command.patient.text(),
                                         .capacity = command.capacity,
                                         .method = domain::ConsentMethod::in_app,
                                         .text_version = command.text_version.empty() ? std::string{no_text}
                                                                                      : command.text_version,
                                         .language = "en",
                                         .at = now};
    record.status = ConsentStatus::withdrawn;
    record.withdrawn_at = now;

    unit->add(event_of(record));
    unit->unit().withdrawals.push_back({.record = record, .owner_told = command.owner_knows});
    if (command.type == ConsentType::telehealth) {
        const auto open = co_await services_.sessions.open_sessions_of(scope, command.patient);
        if (!open) co_return std::unexpected{open.error()};
        for (const domain::SessionData& data : *open) {
            domain::Session session = domain::Session::restore(data);
            const auto withdrawn = session.withdraw_consent(unit->occasion());
            if (withdrawn) unit->add(session, config->config);
        }
    }
    unit->audit("consent.withdraw", std::nullopt, command.patient);
    co_return record;
}

}  // namespace vcare::application
