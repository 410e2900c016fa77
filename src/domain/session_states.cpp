// SPDX-License-Identifier: Apache-2.0
#include "domain/session_states.hpp"

#include <string>

namespace vcare::domain {
namespace {

template <class Table, class Status, class Command>
auto look_up(const Table& table, Status from, Command on) -> Result<Status> {
    for (const auto& row : table) {
        if (row.from == from && row.on == on) return row.to;
    }
    return refuse(ErrorCode::invalid_status_transition,
                  "This cannot be done while the status is " + std::string{to_wire(from)} + ".");
}

}  // namespace

Result<SessionStatus> next_status(SessionStatus from, SessionCommand on) {
    return look_up(session_transitions, from, on);
}

Result<ParticipantStatus> next_status(ParticipantStatus from, ParticipantCommand on) {
    return look_up(participant_transitions, from, on);
}

}  // namespace vcare::domain
