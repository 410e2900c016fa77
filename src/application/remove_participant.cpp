// SPDX-License-Identifier: Apache-2.0
#include "application/remove_participant.hpp"

namespace vcare::application {

using domain::Scope;
using domain::SessionData;

Task<Result<SessionData>> RemoveParticipant::operator()(StaffContext context, Command command,
                                                        KeepAnswer<SessionData> keep) {
    StaffCommand staff{.session = command.session,
                       .scope = Scope::session_admit,
                       .version = command.version,
                       .participant = command.participant,
                       .action = "participant.remove"};
    auto decide = [command](LoadedSession& loaded, UnitBuilder& unit) -> Result<void> {
        unit.unit().voided_credentials.push_back(command.participant);
        return loaded.session.remove_participant(command.participant, command.reason, unit.occasion());
    };
    co_return co_await desk_.change(std::move(context), std::move(staff), std::move(decide), std::move(keep));
}

}  // namespace vcare::application
