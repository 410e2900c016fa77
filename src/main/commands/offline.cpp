// SPDX-License-Identifier: Apache-2.0
#include "main/commands/offline.hpp"

#include "application/ports/tenant_store.hpp"
#include "main/commands/answers.hpp"

namespace vcare::program {
namespace {

// A command answers for itself: only what goes badly wrong is worth a log line.
AdapterOptions options_with(application::LiveBus* live, const boost::asio::any_io_executor& loop) {
    AdapterOptions options;
    options.live = live;
    options.loops = {loop};
    options.migrate = false;
    options.connects_broker = false;
    options.telemetry.level = application::Severity::error;
    return options;
}

}  // namespace

Offline::Offline(const Settings& settings) : adapters_(settings, options_with(&live_, loop_.get_executor())) {
}

std::expected<std::vector<domain::TenantId>, ExitCode> tenants_of(Offline& offline,
                                                                  const std::optional<std::string>& named) {
    application::TenantStore& store = offline.services().tenants;
    const auto known = offline.wait(store.list_tenants());
    if (!known) return std::unexpected{say(known.error())};
    std::vector<domain::TenantId> tenants;
    for (const application::TenantRecord& tenant : *known) {
        if (!named || tenant.id.text() == *named) tenants.push_back(tenant.id);
    }
    if (named && tenants.empty())
        return std::unexpected{say(ExitCode::failed, "there is no tenant " + *named)};
    return tenants;
}

}  // namespace vcare::program
