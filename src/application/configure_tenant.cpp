// SPDX-License-Identifier: Apache-2.0
#include "application/configure_tenant.hpp"

#include "application/ports/clock.hpp"
#include "application/ports/video_backend.hpp"
#include "application/tenant_authority.hpp"

namespace vcare::application {

using domain::StoredTenantConfig;
using domain::TenantConfig;

Task<Result<StoredTenantConfig>> ConfigureTenant::read(StaffContext context) {
    if (const auto may = domain::require(context.caller, domain::Scope::config_read); !may)
        co_return std::unexpected{may.error()};
    co_return co_await services_.tenants.load_config(context.scope);
}

Task<Result<StoredTenantConfig>> ConfigureTenant::replace(StaffContext context, TenantConfig config,
                                                          std::uint64_t version) {
    if (const auto may = domain::require(context.caller, domain::Scope::config_write); !may)
        co_return std::unexpected{may.error()};
    auto problems = domain::problems_of(config);
    if (auto logo = domain::logo_problem_of(config, services_.policy.logo_hosts))
        problems.push_back(*std::move(logo));
    if (auto region = domain::media_region_problem_of(config, services_.video.media_regions()))
        problems.push_back(*std::move(region));
    if (!problems.empty())
        co_return std::unexpected{Error{.code = ErrorCode::validation_error, .fields = std::move(problems)}};
    const auto before = co_await services_.tenants.load_config(context.scope);
    if (!before) co_return std::unexpected{before.error()};
    if (before->version != version) co_return refuse_stale(before->version);

    StoredTenantConfig after = *before;
    after.config = std::move(config);
    after.version = version + 1;
    after.updated_at = services_.clock.now();
    UnitBuilder unit{services_, context.request, {after.updated_at, context.caller.user.text()}};
    domain::EventData data;
    data.add("tenantId", after.tenant).add("changed", domain::changed_settings(before->config, after.config));
    unit.add(domain::Event{
        .type = domain::EventType::config_updated, .subject = after.id.text(), .data = data.take()});
    unit.audit("config.replace", std::nullopt);
    unit.unit().tenant_config = after;
    const auto outcome = co_await services_.units.commit(context.scope, unit.take());
    if (!outcome) co_return std::unexpected{outcome.error()};
    if (*outcome != CommitOutcome::done) co_return refuse_stale(version + 1);
    co_return after;
}

Task<Result<TenantConfig>> ConfigureTenant::public_part(domain::TenantId tenant) {
    const auto found = co_await services_.tenants.find_tenant(tenant);
    if (!found) co_return std::unexpected{found.error()};
    if (!*found || (*found)->suspended) co_return refuse(ErrorCode::not_found);
    // Branding and languages are public; nothing else of it leaves this function.
    const auto stored = co_await services_.tenants.load_config(TenantAuthority::of_operator((*found)->id));
    if (!stored) co_return std::unexpected{stored.error()};
    co_return TenantConfig{.branding = stored->config.branding, .languages = stored->config.languages};
}

}  // namespace vcare::application
