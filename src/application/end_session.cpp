// SPDX-License-Identifier: Apache-2.0
#include "application/end_session.hpp"

namespace vcare::application {

using domain::Scope;
using domain::SessionData;
using domain::SessionStatus;

Task<Result<SessionData>> EndSession::operator()(StaffContext context, Command command,
                                                 KeepAnswer<SessionData> keep) {
    StaffCommand staff{.session = command.session,
                       .scope = Scope::session_end,
                       .own_sessions_only = true,
                       .action = "session.end"};
    auto decide = [command](LoadedSession& loaded, UnitBuilder& unit) -> Result<void> {
        const auto same =
            check_version_of_repeat(loaded.session.data(), SessionStatus::ended, command.version);
        if (!same) return same;
        return loaded.session.end(command.reason, unit.occasion());
    };
    co_return co_await desk_.change(std::move(context), std::move(staff), std::move(decide), std::move(keep));
}

}  // namespace vcare::application
