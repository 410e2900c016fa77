// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "adapters/keys/key_folder.hpp"
#include "application/tenant_authority.hpp"
#include "main/commands/answer_codec.hpp"
#include "main/commands/answers.hpp"
#include "main/commands/commands.hpp"
#include "main/commands/offline.hpp"

namespace vcare::program {
namespace {

constexpr auto not_of_one_tenant = "keys in files are made of one secret for all tenants, leave out --tenant";

std::string needed(const keys::KeyVersion& key) {
    if (key.is_current) return "current";
    return key.needed_until ? "needed until " + domain::to_rfc3339(*key.needed_until)
                            : "needed for what it sealed";
}

ExitCode list_files(const Settings& settings, bool as_json) {
    const auto secrets = keys::KeyFolder{keys_folder(settings)}.master_secrets();
    std::vector<unsigned> versions;
    for (const auto& [version, bytes] : secrets) versions.push_back(version);
    if (as_json) fmt::print("{}\n", encode_file_keys(versions));
    for (const unsigned version : versions) {
        if (as_json) break;
        const bool is_current = version == versions.back();
        fmt::print("version {}  {}\n", version, is_current ? "current" : "honoured");
    }
    return ExitCode::done;
}

ExitCode rotate_files(const Settings& settings, bool as_json) {
    const unsigned version = keys::KeyFolder{keys_folder(settings)}.add_master_secret();
    if (as_json) {
        fmt::print("{}\n", encode_count("version", version));
    } else {
        fmt::print("version {} is there, a service that runs takes it at its next start\n", version);
    }
    return ExitCode::done;
}

}  // namespace

ExitCode run(const KeysListCommand& command) {
    const auto settings = settings_of(command.config);
    if (!settings) return settings.error();
    if (are_keys_in_files(*settings)) {
        if (command.tenant) return say(ExitCode::used_wrongly, not_of_one_tenant);
        return list_files(*settings, command.json);
    }

    Offline offline{*settings};
    const auto tenants = tenants_of(offline, command.tenant);
    if (!tenants) return tenants.error();
    std::vector<TenantKeys> all;
    for (const domain::TenantId& tenant : *tenants) {
        auto versions =
            offline.wait(offline.envelope_keys()->list(application::TenantAuthority::of_operator(tenant)));
        if (!versions) return say(versions.error());
        all.push_back({tenant, std::move(*versions)});
    }
    if (command.json) fmt::print("{}\n", encode_tenant_keys(all));
    for (const TenantKeys& tenant : all) {
        if (command.json) break;
        for (const keys::KeyVersion& key : tenant.versions)
            fmt::print("{}  {}  version {}  since {}  {}\n", tenant.tenant.text(),
                       domain::to_wire(key.purpose), key.version, domain::to_rfc3339(key.created_at),
                       needed(key));
    }
    return ExitCode::done;
}

ExitCode run(const KeysRotateCommand& command) {
    const auto settings = settings_of(command.config);
    if (!settings) return settings.error();
    if (are_keys_in_files(*settings)) {
        if (command.tenant) return say(ExitCode::used_wrongly, not_of_one_tenant);
        return rotate_files(*settings, command.json);
    }

    Offline offline{*settings};
    const auto tenants = tenants_of(offline, command.tenant);
    if (!tenants) return tenants.error();
    for (const domain::TenantId& tenant : *tenants) {
        const auto done =
            offline.wait(offline.envelope_keys()->rotate(application::TenantAuthority::of_operator(tenant)));
        if (done) continue;
        fmt::print(stderr, "vcare: the keys of {} are not rotated, those of tenants before it are\n",
                   tenant.text());
        return say(done.error());
    }
    if (command.json) {
        fmt::print("{}\n", encode_count("rotated", tenants->size()));
    } else {
        fmt::print("The keys of {} tenants are rotated; links issued before live on\n", tenants->size());
    }
    return ExitCode::done;
}

}  // namespace vcare::program
