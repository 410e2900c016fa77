// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "adapters/http/server.hpp"
#include "adapters/keys/envelope_keys.hpp"
#include "application/apply_retention.hpp"
#include "application/audit_chain.hpp"
#include "application/link_authentication.hpp"
#include "application/ports/inbox_store.hpp"
#include "application/ports/tenant_store.hpp"
#include "application/ports/work_queues.hpp"

/// The answers of commands in JSON, each one line.
namespace vcare::program {

/// `{"token", "expiresAt"}`
[[nodiscard]] std::string encode_token(const std::string& token, domain::Instant expires_at);
/// `{"joinUrl", "token", "validFrom", "expiresAt"}`
[[nodiscard]] std::string encode_link(const application::JoinLink& link, const std::string& join_url);
/// `[{"tenant", "suspended", "createdAt"}]`
[[nodiscard]] std::string encode_tenants(const std::vector<application::TenantRecord>& tenants);
[[nodiscard]] std::string encode_tenant(const application::TenantRecord& tenant);

/// What `vcare demo --json` says when it is ready.
struct DemoAnnouncement {
    std::string base_url;
    std::string admin_url;
    std::string tenant;
    std::map<std::string, std::string> staff_tokens;
    std::string session;
    std::map<std::string, std::string> links;
};
/// `{"baseUrl", "adminUrl", "tenantId", "staffTokens": {…}, "session": {"id"}, "links": {…}}`
[[nodiscard]] std::string encode_announcement(const DemoAnnouncement& announcement);

/// `{"dependencies": [{"name", "state", "detail"}]}`
[[nodiscard]] std::string encode_dependencies(const std::vector<http::DependencyState>& states);

struct TenantVerdict {
    domain::TenantId tenant;
    application::AuditVerdict verdict;
};
/// `{"intact", "tenants": [{"tenant", "intact", "entries", "unsealed", "firstBreak"?, "floor"?}]}`
[[nodiscard]] std::string encode_verdicts(const std::vector<TenantVerdict>& verdicts);

/// `[{"eventId", "type", "tenant", "session"?, "at", "attempts"}]`
[[nodiscard]] std::string encode_outbox(const std::vector<application::OutboxItem>& items);
/// `[{"tenant", "session", "owedSince", "attempts", "nextAttempt", "state", "lastProblem"}]`
[[nodiscard]] std::string encode_failures(const std::vector<application::FailedMessage>& failures);
[[nodiscard]] std::string encode_taken(std::uint64_t taken, std::uint64_t refused);
[[nodiscard]] std::string encode_debts(const std::vector<application::EncounterDebtStatus>& debts);
struct TenantKeys {
    domain::TenantId tenant;
    std::vector<keys::KeyVersion> versions;
};
/// `[{"tenant", "purpose", "version", "current", "createdAt", "neededUntil"?}]`
[[nodiscard]] std::string encode_tenant_keys(const std::vector<TenantKeys>& tenants);
/// `[{"version", "current"}]`; the last one is.
[[nodiscard]] std::string encode_file_keys(const std::vector<unsigned>& versions);
struct TenantRetention {
    domain::TenantId tenant;
    application::Retained gone;
};
/// `{"dryRun", "tenants": [{"tenant", "rows": {"sessions", …}, "auditBreak"?}]}`, every kind named
[[nodiscard]] std::string encode_retention(const std::vector<TenantRetention>& tenants, bool is_dry_run);
/// `{"<name>": number}`
[[nodiscard]] std::string encode_count(const std::string& name, std::uint64_t count);
/// `{"<name>": "text"}`
[[nodiscard]] std::string encode_text(const std::string& name, const std::string& text);

}  // namespace vcare::program
