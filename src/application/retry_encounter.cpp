// SPDX-License-Identifier: Apache-2.0
#include "application/retry_encounter.hpp"

#include "domain/encounter.hpp"

namespace vcare::application {

using domain::Scope;
using domain::SessionData;

Task<Result<SessionData>> RetryEncounter::operator()(StaffContext context, Command command,
                                                     KeepAnswer<SessionData> keep) {
    StaffCommand staff{.session = command.session,
                       .scope = Scope::session_end,
                       .own_sessions_only = true,
                       .action = "encounter.retry"};
    auto decide = [](LoadedSession& loaded, UnitBuilder& unit) -> Result<void> {
        const SessionData& session = loaded.session.data();
        if (session.encounter_id) return {};
        const auto encounter = domain::encounter_of(session, loaded.config);
        if (!encounter || !encounter->finished)
            return domain::refuse(domain::ErrorCode::invalid_status_transition,
                                  "Only a visit that took place and is over owes an Encounter.");
        unit.unit().hastened_encounter = session.id;
        return {};
    };
    co_return co_await desk_.change(std::move(context), std::move(staff), std::move(decide), std::move(keep));
}

}  // namespace vcare::application
