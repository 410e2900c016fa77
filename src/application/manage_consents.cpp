// SPDX-License-Identifier: Apache-2.0
#include "application/manage_consents.hpp"

#include "application/consent_texts.hpp"
#include "application/ports/clock.hpp"
#include "application/withdraw_consent.hpp"

namespace vcare::application {
namespace {

using domain::ConsentRecord;
using domain::ConsentStatus;
using domain::ConsentType;

/// A portal patient acts for themself only; staff for any patient of their tenant.
Result<void> may_act_for(const domain::Caller& caller, const domain::PatientId& patient) {
    const auto reach = domain::reach_of(caller);
    if (!reach.patient || *reach.patient == patient) return {};
    return refuse(ErrorCode::access_denied, "A patient acts on their own consents only.");
}

}  // namespace

ManageConsents::ManageConsents(const Services& services, ReadAuditTrail& trail)
    : services_(services), desk_(services), consents_(services), trail_(trail) {
}

Task<Result<ConsentRecord>> ManageConsents::record(StaffContext context, Recorded command,
                                                   KeepAnswer<ConsentRecord> keep) {
    if (const auto may = domain::require(context.caller, domain::Scope::consent_write); !may)
        co_return std::unexpected{may.error()};
    if (const auto own = may_act_for(context.caller, command.patient); !own)
        co_return std::unexpected{own.error()};
    const auto config = co_await services_.tenants.load_config(context.scope);
    if (!config) co_return std::unexpected{config.error()};
    const std::string language = command.language.value_or("en");
    const auto text = text_to_ask_with(services_, config->config, command.type, language);
    // What was agreed to elsewhere has a text of its own, which whoever records it names.
    const bool names_its_text = command.text_version && command.method != domain::ConsentMethod::in_app;
    if (!text && !names_its_text) co_return std::unexpected{text.error()};
    const std::string version = command.text_version ? *command.text_version : text->version;
    auto granted = co_await consents_.grant(
        context.scope, {.patient = command.patient,
                        .type = command.type,
                        .granted_by = command.granted_by.value_or(command.patient.text()),
                        .capacity = command.capacity,
                        .method = command.method,
                        .text_version = version,
                        .language = language,
                        .expires_at = command.expires_at});
    if (!granted) co_return std::unexpected{granted.error()};

    auto once = [this, context, granted = *granted, config = config->config, keep] {
        return try_to_keep(context, granted, config, keep);
    };
    auto tried = co_await try_until_settled<ConsentRecord>(std::move(once));
    co_return settled_or(std::move(tried), refuse_unavailable(ErrorCode::store_unavailable));
}

/// A visit that waited for this consent goes on in the same transaction.
Task<Result<std::optional<ConsentRecord>>> ManageConsents::try_to_keep(StaffContext context,
                                                                       ConsentDesk::Granted granted,
                                                                       domain::TenantConfig config,
                                                                       KeepAnswer<ConsentRecord> keep) {
    const ConsentRecord& record = granted.record;
    UnitBuilder unit{services_, context.request, {services_.clock.now(), context.caller.user.text()}};
    granted.add_to(unit);
    if (record.type == ConsentType::telehealth) {
        const auto open = co_await services_.sessions.open_sessions_of(context.scope, record.patient);
        if (!open) co_return std::unexpected{open.error()};
        for (const domain::SessionData& data : *open) {
            domain::Session session = domain::Session::restore(data);
            const auto noted = session.grant_consent(unit.occasion());
            if (noted && session.data().version != data.version) unit.add(session, config);
        }
    }
    unit.audit("consent.grant", std::nullopt, record.patient);
    unit.keep(keep, record);
    const auto is_done = co_await desk_.settle(context.scope, unit.take());
    if (!is_done) co_return std::unexpected{is_done.error()};
    co_return *is_done ? std::optional{record} : std::nullopt;
}

Task<Result<Page<ConsentRecord>>> ManageConsents::list(StaffContext context, ConsentQuery query) {
    if (const auto may = domain::require(context.caller, domain::Scope::consent_read); !may)
        co_return std::unexpected{may.error()};
    if (const auto own = may_act_for(context.caller, query.patient); !own)
        co_return std::unexpected{own.error()};
    if (const auto noted = trail_.note(context, "consent.list", std::nullopt, query.patient); !noted)
        co_return std::unexpected{noted.error()};
    co_return co_await services_.consents.list_consents(context.scope, std::move(query));
}

Task<Result<ConsentRecord>> ManageConsents::withdraw(StaffContext context, domain::ConsentId id,
                                                     KeepAnswer<ConsentRecord> keep) {
    if (const auto may = domain::require(context.caller, domain::Scope::consent_write); !may)
        co_return std::unexpected{may.error()};
    auto found = co_await services_.consents.find_consent(context.scope, std::move(id));
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return refuse(ErrorCode::not_found);
    if (const auto own = may_act_for(context.caller, (*found)->patient); !own)
        co_return std::unexpected{own.error()};
    if ((*found)->status == ConsentStatus::withdrawn) co_return std::move(**found);
    WithdrawConsent withdraw{services_};
    co_return co_await withdraw({.scope = context.scope,
                                 .request = context.request,
                                 .actor = context.caller.user.text(),
                                 .patient = (*found)->patient,
                                 .type = (*found)->type,
                                 .capacity = (*found)->capacity,
                                 .text_version = (*found)->text_version,
                                 .keep = std::move(keep)});
}

}  // namespace vcare::application
