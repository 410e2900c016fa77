// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "application/tenant_authority.hpp"
#include "main/audit_event_codec.hpp"
#include "main/commands/answer_codec.hpp"
#include "main/commands/answers.hpp"
#include "main/commands/commands.hpp"
#include "main/commands/offline.hpp"

namespace vcare::program {
namespace {

using application::TenantAuthority;

std::string beginning_of(const application::AuditFloor& floor) {
    return fmt::format("the log begins with entry {}, those before were deleted by {}", floor.sequence + 1,
                       domain::to_rfc3339(floor.at));
}

void print_verdict(const TenantVerdict& checked) {
    const application::AuditVerdict& verdict = checked.verdict;
    const auto& floor = verdict.floor;
    if (verdict.first_break) {
        const application::AuditBreak& first = *verdict.first_break;
        fmt::print("{}: BROKEN at entry {} ({}): {}\n", checked.tenant.text(), first.sequence,
                   first.id.empty() ? "cut off" : first.id, first.reason);
    } else {
        fmt::print("{}: intact, {} entries, {} not sealed yet{}\n", checked.tenant.text(), verdict.entries,
                   verdict.unsealed, floor ? ", " + beginning_of(*floor) : "");
    }
}

// Reads an option that may be left out; false when it is there and no time.
bool parse_time(const std::optional<std::string>& text, std::optional<domain::Instant>& at) {
    if (text) at = domain::parse_rfc3339(*text);
    return !text || at;
}

}  // namespace

ExitCode run(const AuditVerifyCommand& command) {
    const auto settings = settings_of(command.config);
    if (!settings) return settings.error();

    Offline offline{*settings};
    const auto tenants = tenants_of(offline, command.tenant);
    if (!tenants) return tenants.error();
    application::VerifyAudit verify{offline.services()};
    std::vector<TenantVerdict> verdicts;
    bool is_intact = true;
    for (const domain::TenantId& tenant : *tenants) {
        const auto verdict = offline.wait(verify(TenantAuthority::of_operator(tenant)));
        if (!verdict) return say(verdict.error());
        is_intact = is_intact && !verdict->first_break;
        verdicts.push_back({tenant, *verdict});
    }
    if (command.json) {
        fmt::print("{}\n", encode_verdicts(verdicts));
    } else {
        for (const TenantVerdict& checked : verdicts) print_verdict(checked);
    }
    return is_intact ? ExitCode::done : ExitCode::failed;
}

ExitCode run(const AuditExportCommand& command) {
    const auto settings = settings_of(command.config);
    if (!settings) return settings.error();
    application::AuditQuery query{.limit = 200};
    const bool are_times = parse_time(command.from, query.from) && parse_time(command.to, query.to);
    if (!are_times) return say(ExitCode::used_wrongly, "--from and --to are times of RFC 3339");

    Offline offline{*settings};
    const auto tenants = tenants_of(offline, command.tenant);
    if (!tenants) return tenants.error();
    std::optional<application::AuditFloor> floor;
    do {
        const auto page = offline.wait(
            offline.services().audit.list_audit(TenantAuthority::of_operator(tenants->front()), query));
        if (!page) return say(page.error());
        for (const application::AuditEntry& entry : page->items) {
            fmt::print("{}\n", encode_audit_event(entry, settings->fhir.identifier_system, page->floor));
        }
        query.cursor = page->next_cursor;
        floor = page->floor;
    } while (query.cursor);
    if (floor) fmt::print(stderr, "vcare: {}: {}\n", command.tenant, beginning_of(*floor));
    return ExitCode::done;
}

}  // namespace vcare::program
