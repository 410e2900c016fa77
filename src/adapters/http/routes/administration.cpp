// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "adapters/http/paths.hpp"
#include "adapters/http/routes/query.hpp"
#include "adapters/http/routes/routes.hpp"
#include "adapters/http/staff_route.hpp"
#include "adapters/json/command_codec.hpp"
#include "adapters/json/record_codec.hpp"
#include "adapters/json/sign_in_codec.hpp"
#include "adapters/json/tenant_config_codec.hpp"

namespace vcare::http::routes {
namespace {

using namespace application;
using boost::json::object;
using domain::ErrorCode;

std::optional<domain::TenantId> find_named_tenant(const Exchange& exchange) {
    const auto* named = exchange.find_query("tenantId");
    return named == nullptr ? std::nullopt : domain::TenantId::parse(*named);
}

Response config_response(const domain::StoredTenantConfig& stored) {
    auto response = json_response(200, json::encode_stored_config(stored));
    response.headers.add("ETag", etag_of(stored.version));
    return response;
}

Result<ManageConsents::Recorded> decode_consent(const Exchange&, const object& body) {
    return json::to_recorded_consent(body);
}

Task<Result<domain::ConsentRecord>> record(Call call, StaffContext context, ManageConsents::Recorded command,
                                           KeepAnswer<domain::ConsentRecord> keep) {
    co_return co_await call->use_cases().consents.record(std::move(context), std::move(command),
                                                         std::move(keep));
}

KeptAnswer render_recorded(const Exchange&, const domain::ConsentRecord& record) {
    return {.status = 201,
            .location = fmt::format("{}/consents/{}", base_path, record.id.text()),
            .body = json::encode_consent(record)};
}

Result<domain::ConsentId> decode_withdrawal(const Exchange& exchange, const object&) {
    auto id = domain::ConsentId::parse(exchange.values.at(0));
    if (!id) return domain::refuse(ErrorCode::not_found);
    return *std::move(id);
}

Task<Result<domain::ConsentRecord>> withdraw(Call call, StaffContext context, domain::ConsentId id,
                                             KeepAnswer<domain::ConsentRecord> keep) {
    co_return co_await call->use_cases().consents.withdraw(std::move(context), std::move(id),
                                                           std::move(keep));
}

KeptAnswer render_withdrawn(const Exchange&, const domain::ConsentRecord& record) {
    return {.status = 200, .body = json::encode_consent(record)};
}

}  // namespace

Task<Result<Response>> get_config(Call call) {
    auto context = co_await begin_read(call);
    if (!context) co_return std::unexpected{context.error()};
    auto named = co_await call->use_cases().staff.in_tenant(*std::move(context), find_named_tenant(*call));
    if (!named) co_return std::unexpected{named.error()};
    const auto stored = co_await call->use_cases().configure.read(*named);
    if (!stored) co_return std::unexpected{stored.error()};
    if (const auto noted = call->use_cases().trail.note(*named, "config.read"); !noted)
        co_return std::unexpected{noted.error()};
    co_return config_response(*stored);
}

Task<Result<Response>> put_config(Call call) {
    auto context = co_await begin_read(call);
    if (!context) co_return std::unexpected{context.error()};
    const auto body = read_body(*call);
    // The version may be echoed in the document; what counts is If-Match.
    auto version = body ? required_version_of(*call, object{}) : std::unexpected{body.error()};
    if (!version) {
        auto refusal = co_await first_refusal(call, *std::move(context), version.error());
        co_return std::unexpected{std::move(refusal)};
    }
    auto named = co_await call->use_cases().staff.in_tenant(*std::move(context), find_named_tenant(*call));
    if (!named) co_return std::unexpected{named.error()};
    const auto stored = co_await call->use_cases().configure.replace(*std::move(named),
                                                                     json::to_tenant_config(*body), *version);
    if (!stored) co_return std::unexpected{stored.error()};
    co_return config_response(*stored);
}

Task<Result<Response>> get_public_config(Call call) {
    if (const auto ok = check_parameters(*call); !ok) co_return std::unexpected{ok.error()};
    const auto* named = call->find_query("tenant");
    auto tenant = named == nullptr ? std::nullopt : domain::TenantId::parse(*named);
    if (!tenant) co_return domain::refuse(ErrorCode::not_found);
    const auto config = co_await call->use_cases().configure.public_part(*std::move(tenant));
    if (!config) co_return std::unexpected{config.error()};
    co_return json_response(200, json::encode_public_config(*config));
}

Task<Result<Response>> get_sign_in(Call call) {
    const auto& sign_in = call->common.options.sign_in;
    co_return json_response(
        200, json::encode_sign_in(
                 {.issuer = sign_in.issuer, .client_id = sign_in.client_id, .scope = sign_in.scope}));
}

Task<Result<Response>> get_me(Call call) {
    const auto staff = co_await authenticate_staff(call);
    if (!staff) co_return std::unexpected{staff.error()};
    const auto& caller = staff->context.caller;
    if (const auto ok = domain::require(caller, domain::Scope::session_read); !ok)
        co_return std::unexpected{ok.error()};
    co_return json_response(200, json::encode_me(caller, staff->expires_at));
}

Task<Result<Response>> record_consent(Call call) {
    return run_staff_route<ManageConsents::Recorded, domain::ConsentRecord>(
        std::move(call), {decode_consent, record, render_recorded});
}

Task<Result<Response>> withdraw_consent(Call call) {
    return run_staff_route<domain::ConsentId, domain::ConsentRecord>(
        std::move(call), {decode_withdrawal, withdraw, render_withdrawn});
}

Task<Result<Response>> list_consents(Call call) {
    auto context = co_await begin_read(call);
    if (!context) co_return std::unexpected{context.error()};
    auto query = to_consent_query(*call);
    if (!query) {
        auto refusal = co_await first_refusal(call, *std::move(context), query.error());
        co_return std::unexpected{std::move(refusal)};
    }
    const auto page = co_await call->use_cases().consents.list(*std::move(context), *std::move(query));
    if (!page) co_return std::unexpected{page.error()};
    co_return json_response(200, json::encode_consent_page(*page));
}

Task<Result<Response>> search_audit(Call call) {
    auto context = co_await begin_read(call);
    if (!context) co_return std::unexpected{context.error()};
    auto query = to_audit_query(*call);
    if (!query) {
        auto refusal = co_await first_refusal(call, *std::move(context), query.error());
        co_return std::unexpected{std::move(refusal)};
    }
    const auto page = co_await call->use_cases().audit.list(*std::move(context), *std::move(query));
    if (!page) co_return std::unexpected{page.error()};
    co_return json_response(200, json::encode_audit_page(*page));
}

Task<Result<Response>> verify_audit(Call call) {
    auto context = co_await begin_read(call);
    if (!context) co_return std::unexpected{context.error()};
    const auto verdict = co_await call->use_cases().audit.verify(*std::move(context));
    if (!verdict) co_return std::unexpected{verdict.error()};
    co_return json_response(200, json::encode_audit_verdict(*verdict));
}

}  // namespace vcare::http::routes
