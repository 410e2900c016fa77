// SPDX-License-Identifier: Apache-2.0
#include "application/fall_back.hpp"

#include "application/ports/telemetry.hpp"
#include "domain/session_events.hpp"

namespace vcare::application {

using domain::Scope;
using domain::SessionData;

Task<Result<SessionData>> FallBack::operator()(StaffContext context, Command command,
                                               KeepAnswer<SessionData> keep) {
    const bool may_admit = context.caller.scopes.contains(Scope::session_admit);
    StaffCommand staff{.session = command.session,
                       .scope = may_admit ? Scope::session_admit : Scope::session_end,
                       .version = command.version,
                       .action = "session.fallback"};
    const auto is_new = std::make_shared<bool>(false);
    auto decide = [command, is_new](LoadedSession& loaded, UnitBuilder& unit) -> Result<void> {
        *is_new = loaded.session.data().mode != command.mode;
        return loaded.session.fall_back(command.mode, command.reason, unit.occasion());
    };
    auto done =
        co_await desk_.change(std::move(context), std::move(staff), std::move(decide), std::move(keep));
    if (done && *is_new)
        services_.telemetry.count_of(
            done->tenant.text(), Metric::fallbacks,
            {{"to", to_wire(command.mode)}, {"reason", domain::events::reason_code(command.reason)}});
    co_return done;
}

}  // namespace vcare::application
