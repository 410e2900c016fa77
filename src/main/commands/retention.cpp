// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "application/apply_retention.hpp"
#include "application/tenant_authority.hpp"
#include "main/commands/answer_codec.hpp"
#include "main/commands/answers.hpp"
#include "main/commands/commands.hpp"
#include "main/commands/offline.hpp"

namespace vcare::program {
namespace {

void print(const TenantRetention& tenant, bool is_dry_run) {
    const std::string& name = tenant.tenant.text();
    const auto& [rows, is_more, audit_break] = tenant.gone;
    const bool is_nothing = rows.empty() && !audit_break;
    if (is_nothing) fmt::print("{}  nothing is kept for too long\n", name);
    for (const auto& [kind, count] : rows)
        fmt::print("{}  {} {}{}\n", name, count, domain::to_wire(kind),
                   is_dry_run ? " would go" : " deleted");
    if (audit_break)
        fmt::print("{}  nothing of the audit log goes, it is BROKEN at entry {}: {}\n", name,
                   audit_break->sequence, audit_break->reason);
}

}  // namespace

ExitCode run(const RetentionRunCommand& command) {
    const auto settings = settings_of(command.config);
    if (!settings) return settings.error();

    Offline offline{*settings};
    const auto tenants = tenants_of(offline, command.tenant);
    if (!tenants) return tenants.error();
    application::ApplyRetention apply{offline.services(), offline.store().retention()};
    const auto mode =
        command.dry_run ? application::RetentionMode::rehearse : application::RetentionMode::apply;
    std::vector<TenantRetention> all;
    bool is_intact = true;
    for (const domain::TenantId& tenant : *tenants) {
        auto gone = offline.wait(apply(application::TenantAuthority::of_operator(tenant), mode));
        if (!gone) {
            fmt::print(stderr, "vcare: not all of {} is looked through, tenants before it are\n",
                       tenant.text());
            return say(gone.error());
        }
        is_intact = is_intact && !gone->audit_break;
        all.push_back({tenant, *std::move(gone)});
        if (!command.json) print(all.back(), command.dry_run);
    }
    if (command.json) fmt::print("{}\n", encode_retention(all, command.dry_run));
    return is_intact ? ExitCode::done : ExitCode::failed;
}

}  // namespace vcare::program
