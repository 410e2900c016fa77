// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "application/staff_authentication.hpp"
#include "main/commands/answer_codec.hpp"
#include "main/commands/answers.hpp"
#include "main/commands/commands.hpp"
#include "main/commands/offline.hpp"

namespace vcare::program {

ExitCode run(const TenantAddCommand& command) {
    const auto settings = settings_of(command.config);
    if (!settings) return settings.error();
    const auto tenant = domain::TenantId::parse(command.tenant);
    if (!tenant) return say(ExitCode::used_wrongly, "the tenant must be 1 to 128 of A-Z a-z 0-9 . _ : -");

    Offline offline{*settings};
    const auto made = offline.wait(application::make_tenant(offline.services(), *tenant));
    if (!made) return say(made.error());
    if (command.json) {
        fmt::print("{}\n", encode_tenant(*made));
    } else {
        fmt::print("{} is there\n", made->id.text());
    }
    return ExitCode::done;
}

ExitCode run(const TenantListCommand& command) {
    const auto settings = settings_of(command.config);
    if (!settings) return settings.error();

    Offline offline{*settings};
    const auto tenants = offline.wait(offline.services().tenants.list_tenants());
    if (!tenants) return say(tenants.error());
    if (command.json) fmt::print("{}\n", encode_tenants(*tenants));
    for (const application::TenantRecord& tenant : *tenants) {
        if (command.json) break;
        fmt::print("{}  since {}{}\n", tenant.id.text(), domain::to_rfc3339(tenant.created_at),
                   tenant.suspended ? "  suspended" : "");
    }
    return ExitCode::done;
}

ExitCode run(const TenantSuspendCommand& command) {
    const auto settings = settings_of(command.config);
    if (!settings) return settings.error();
    const auto tenant = domain::TenantId::parse(command.tenant);

    Offline offline{*settings};
    application::TenantStore& tenants = offline.services().tenants;
    if (tenant) {
        const auto found = offline.wait(tenants.find_tenant(*tenant));
        if (!found) return say(found.error());
        if (*found) {
            const auto done = offline.wait(tenants.suspend_tenant(*tenant, !command.resume));
            if (!done) return say(done.error());
            application::TenantRecord record = **found;
            record.suspended = !command.resume;
            if (command.json) {
                fmt::print("{}\n", encode_tenant(record));
            } else {
                fmt::print("{} is {}\n", record.id.text(), command.resume ? "going on" : "suspended");
            }
            return ExitCode::done;
        }
    }
    return say(ExitCode::failed, "there is no tenant " + command.tenant);
}

}  // namespace vcare::program
