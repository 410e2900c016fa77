// SPDX-License-Identifier: Apache-2.0
#include "application/staff_authentication.hpp"

#include "application/id_maker.hpp"
#include "application/ports/bearer_verifier.hpp"
#include "application/ports/tenant_store.hpp"
#include "application/tenant_authority.hpp"

namespace vcare::application {
namespace {

constexpr std::size_t max_known_tenants = 10'000;
constexpr std::size_t short_key_length = 6;

/// Letters and digits that survive being read aloud.
std::string short_key(IdMaker& ids) {
    constexpr std::string_view alphabet = "abcdefghjkmnpqrstuvwxyz23456789A";
    std::string key = ids.random_bytes(short_key_length);
    for (char& c : key) c = alphabet[static_cast<unsigned char>(c) % alphabet.size()];
    return key;
}

}  // namespace

Task<Result<StaffAuthentication::Verified>> StaffAuthentication::operator()(std::string bearer,
                                                                            RequestContext request) {
    auto verified = co_await services_.bearers.verify(std::move(bearer));
    if (!verified) co_return std::unexpected{verified.error()};
    domain::TenantId tenant = verified->caller.tenant;
    if (const auto there = co_await ensure_tenant(tenant); !there) co_return std::unexpected{there.error()};
    domain::TenantScope scope = TenantAuthority::grant(std::move(tenant)).traced_by(request.trace);
    co_return Verified{{std::move(verified->caller), std::move(scope), std::move(request)},
                       verified->expires_at,
                       std::move(verified->sign_in)};
}

Task<Result<void>> StaffAuthentication::ensure_tenant(domain::TenantId tenant) {
    if (known_.contains(tenant)) co_return Result<void>{};
    const auto made = co_await make_tenant(services_, tenant);
    if (!made) co_return std::unexpected{made.error()};
    if (known_.size() >= max_known_tenants) known_.clear();
    known_.insert(std::move(tenant));
    co_return Result<void>{};
}

Task<Result<TenantRecord>> make_tenant(Services services, domain::TenantId tenant) {
    const auto found = co_await services.tenants.find_tenant(tenant);
    if (!found) co_return std::unexpected{found.error()};
    if (*found) co_return **found;
    IdMaker ids{services.clock, services.randomness};
    const domain::Instant now = services.clock.now();
    TenantRecord record{.id = tenant, .short_key = short_key(ids), .created_at = now};
    domain::StoredTenantConfig config{
        .id = ids.next<domain::TenantConfigId>(), .tenant = tenant, .updated_at = now};
    co_return co_await services.tenants.ensure_tenant(std::move(record), std::move(config));
}

Task<Result<StaffContext>> StaffAuthentication::in_tenant(StaffContext context,
                                                          std::optional<domain::TenantId> tenant) {
    const bool is_platform = context.caller.has(domain::StaffRole::platform_admin);
    if (!is_platform && tenant)
        co_return refuse(ErrorCode::access_denied, "Only a platform_admin may name a tenant.");
    if (!is_platform) co_return context;
    if (!tenant) co_return domain::refuse_field("/tenantId", "a platform_admin must name the tenant");
    const auto found = co_await services_.tenants.find_tenant(*tenant);
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return refuse(ErrorCode::not_found);
    context.scope = TenantAuthority::grant(std::move(*tenant)).traced_by(context.request.trace);
    co_return context;
}

}  // namespace vcare::application
