// SPDX-License-Identifier: Apache-2.0
#include "application/cancel_session.hpp"

namespace vcare::application {

using domain::Scope;
using domain::SessionData;
using domain::SessionStatus;

Task<Result<SessionData>> CancelSession::operator()(StaffContext context, Command command,
                                                    KeepAnswer<SessionData> keep) {
    StaffCommand staff{
        .session = command.session, .scope = Scope::session_cancel, .action = "session.cancel"};
    auto decide = [command](LoadedSession& loaded, UnitBuilder& unit) -> Result<void> {
        const auto same =
            check_version_of_repeat(loaded.session.data(), SessionStatus::cancelled, command.version);
        if (!same) return same;
        return loaded.session.cancel(command.reason, unit.occasion());
    };
    co_return co_await desk_.change(std::move(context), std::move(staff), std::move(decide), std::move(keep));
}

}  // namespace vcare::application
