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
    if (tenant.rows.empty()) fmt::print("{}  nothing is kept for too long\n", tenant.tenant.text());
    for (const auto& [kind, rows] : tenant.rows)
        fmt::print("{}  {} {}{}\n", tenant.tenant.text(), rows, domain::to_wire(kind),
                   is_dry_run ? " would go" : " deleted");
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
    for (const domain::TenantId& tenant : *tenants) {
        auto rows = offline.wait(apply(application::TenantAuthority::of_operator(tenant), mode));
        if (!rows) {
            fmt::print(stderr, "vcare: not all of {} is looked through, tenants before it are\n",
                       tenant.text());
            return say(rows.error());
        }
        all.push_back({tenant, std::move(*rows)});
        if (!command.json) print(all.back(), command.dry_run);
    }
    if (command.json) fmt::print("{}\n", encode_retention(all, command.dry_run));
    return ExitCode::done;
}

}  // namespace vcare::program
