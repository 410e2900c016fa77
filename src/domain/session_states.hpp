// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "domain/error.hpp"
#include "domain/participant.hpp"
#include "domain/wire_words.hpp"

namespace vcare::domain {

enum class SessionStatus : std::uint8_t { scheduled, waiting, active, ended, cancelled, failed };
constexpr WireWords<SessionStatus, 6> words_of(SessionStatus) {
    return {{{SessionStatus::scheduled, "scheduled"},
             {SessionStatus::waiting, "waiting"},
             {SessionStatus::active, "active"},
             {SessionStatus::ended, "ended"},
             {SessionStatus::cancelled, "cancelled"},
             {SessionStatus::failed, "failed"}}};
}

[[nodiscard]] constexpr bool is_terminal(SessionStatus status) {
    return status == SessionStatus::ended || status == SessionStatus::cancelled ||
           status == SessionStatus::failed;
}

/// Everything that can happen to a session once it exists.
enum class SessionCommand : std::uint8_t {
    reschedule,
    join,
    admit_patient,
    admit_other,
    add_participant,
    remove_participant,
    reinvite,
    hold,
    leave,
    grant_consent,
    withdraw_consent,
    fall_back,
    end,
    cancel,
    expire,   ///< scheduledEnd + graceAfter passed and the patient was never admitted
    abandon,  ///< nobody was connected for abandonAfter
    fail,     ///< the backend was lost and its grace ran out
};
inline constexpr std::array all_session_commands = {
    SessionCommand::reschedule,
    SessionCommand::join,
    SessionCommand::admit_patient,
    SessionCommand::admit_other,
    SessionCommand::add_participant,
    SessionCommand::remove_participant,
    SessionCommand::reinvite,
    SessionCommand::hold,
    SessionCommand::leave,
    SessionCommand::grant_consent,
    SessionCommand::withdraw_consent,
    SessionCommand::fall_back,
    SessionCommand::end,
    SessionCommand::cancel,
    SessionCommand::expire,
    SessionCommand::abandon,
    SessionCommand::fail,
};

struct SessionTransition {
    SessionStatus from;
    SessionCommand on;
    SessionStatus to;
};

/// The whole life of a session. What is not here is `invalid_status_transition` and changes nothing.
// clang-format off
inline constexpr std::array session_transitions = {
    SessionTransition{SessionStatus::scheduled, SessionCommand::reschedule,         SessionStatus::scheduled},
    SessionTransition{SessionStatus::scheduled, SessionCommand::join,               SessionStatus::waiting},
    SessionTransition{SessionStatus::scheduled, SessionCommand::add_participant,    SessionStatus::scheduled},
    SessionTransition{SessionStatus::scheduled, SessionCommand::remove_participant, SessionStatus::scheduled},
    SessionTransition{SessionStatus::scheduled, SessionCommand::reinvite,           SessionStatus::scheduled},
    SessionTransition{SessionStatus::scheduled, SessionCommand::grant_consent,      SessionStatus::scheduled},
    SessionTransition{SessionStatus::scheduled, SessionCommand::withdraw_consent,   SessionStatus::scheduled},
    SessionTransition{SessionStatus::scheduled, SessionCommand::cancel,             SessionStatus::cancelled},
    SessionTransition{SessionStatus::scheduled, SessionCommand::expire,             SessionStatus::cancelled},

    SessionTransition{SessionStatus::waiting,   SessionCommand::reschedule,         SessionStatus::waiting},
    SessionTransition{SessionStatus::waiting,   SessionCommand::join,               SessionStatus::waiting},
    SessionTransition{SessionStatus::waiting,   SessionCommand::admit_patient,      SessionStatus::active},
    SessionTransition{SessionStatus::waiting,   SessionCommand::admit_other,        SessionStatus::waiting},
    SessionTransition{SessionStatus::waiting,   SessionCommand::add_participant,    SessionStatus::waiting},
    SessionTransition{SessionStatus::waiting,   SessionCommand::remove_participant, SessionStatus::waiting},
    SessionTransition{SessionStatus::waiting,   SessionCommand::reinvite,           SessionStatus::waiting},
    SessionTransition{SessionStatus::waiting,   SessionCommand::hold,               SessionStatus::waiting},
    SessionTransition{SessionStatus::waiting,   SessionCommand::leave,              SessionStatus::waiting},
    SessionTransition{SessionStatus::waiting,   SessionCommand::grant_consent,      SessionStatus::waiting},
    SessionTransition{SessionStatus::waiting,   SessionCommand::withdraw_consent,   SessionStatus::cancelled},
    SessionTransition{SessionStatus::waiting,   SessionCommand::end,                SessionStatus::ended},
    SessionTransition{SessionStatus::waiting,   SessionCommand::cancel,             SessionStatus::cancelled},
    SessionTransition{SessionStatus::waiting,   SessionCommand::expire,             SessionStatus::cancelled},

    SessionTransition{SessionStatus::active,    SessionCommand::join,               SessionStatus::active},
    SessionTransition{SessionStatus::active,    SessionCommand::admit_patient,      SessionStatus::active},
    SessionTransition{SessionStatus::active,    SessionCommand::admit_other,        SessionStatus::active},
    SessionTransition{SessionStatus::active,    SessionCommand::add_participant,    SessionStatus::active},
    SessionTransition{SessionStatus::active,    SessionCommand::remove_participant, SessionStatus::active},
    SessionTransition{SessionStatus::active,    SessionCommand::reinvite,           SessionStatus::active},
    SessionTransition{SessionStatus::active,    SessionCommand::hold,               SessionStatus::active},
    SessionTransition{SessionStatus::active,    SessionCommand::leave,              SessionStatus::active},
    SessionTransition{SessionStatus::active,    SessionCommand::fall_back,          SessionStatus::active},
    SessionTransition{SessionStatus::active,    SessionCommand::withdraw_consent,   SessionStatus::ended},
    SessionTransition{SessionStatus::active,    SessionCommand::end,                SessionStatus::ended},
    SessionTransition{SessionStatus::active,    SessionCommand::abandon,            SessionStatus::ended},
    SessionTransition{SessionStatus::active,    SessionCommand::fail,               SessionStatus::failed},
};
// clang-format on

/// Where `on` leads from `from`, or `invalid_status_transition`.
[[nodiscard]] Result<SessionStatus> next_status(SessionStatus from, SessionCommand on);

/// Everything that can happen to one participant.
enum class ParticipantCommand : std::uint8_t {
    join,
    admit,
    join_media,  ///< their media is there
    hold,
    lose_transport,  ///< graceReconnect ran out without a stream
    come_back,       ///< a stream is open again
    leave,
    remove,
    reinvite,
};
inline constexpr std::array all_participant_commands = {
    ParticipantCommand::join,  ParticipantCommand::admit,          ParticipantCommand::join_media,
    ParticipantCommand::hold,  ParticipantCommand::lose_transport, ParticipantCommand::come_back,
    ParticipantCommand::leave, ParticipantCommand::remove,         ParticipantCommand::reinvite,
};

struct ParticipantTransition {
    ParticipantStatus from;
    ParticipantCommand on;
    ParticipantStatus to;
};

/// A `disconnected` that comes back or joins goes to its `status_to_resume`, which the table cannot hold: it
/// says `disconnected` there. A provider's `invited` → `waiting` becomes `active` at once.
// clang-format off
inline constexpr std::array participant_transitions = {
    ParticipantTransition{ParticipantStatus::invited,      ParticipantCommand::join,           ParticipantStatus::waiting},
    ParticipantTransition{ParticipantStatus::invited,      ParticipantCommand::remove,         ParticipantStatus::removed},

    ParticipantTransition{ParticipantStatus::waiting,      ParticipantCommand::join,           ParticipantStatus::waiting},
    ParticipantTransition{ParticipantStatus::waiting,      ParticipantCommand::admit,          ParticipantStatus::admitted},
    ParticipantTransition{ParticipantStatus::waiting,      ParticipantCommand::lose_transport, ParticipantStatus::disconnected},
    ParticipantTransition{ParticipantStatus::waiting,      ParticipantCommand::leave,          ParticipantStatus::disconnected},
    ParticipantTransition{ParticipantStatus::waiting,      ParticipantCommand::remove,         ParticipantStatus::removed},

    ParticipantTransition{ParticipantStatus::admitted,     ParticipantCommand::join,           ParticipantStatus::admitted},
    ParticipantTransition{ParticipantStatus::admitted,     ParticipantCommand::join_media,     ParticipantStatus::active},
    ParticipantTransition{ParticipantStatus::admitted,     ParticipantCommand::hold,           ParticipantStatus::waiting},
    ParticipantTransition{ParticipantStatus::admitted,     ParticipantCommand::lose_transport, ParticipantStatus::disconnected},
    ParticipantTransition{ParticipantStatus::admitted,     ParticipantCommand::leave,          ParticipantStatus::disconnected},
    ParticipantTransition{ParticipantStatus::admitted,     ParticipantCommand::remove,         ParticipantStatus::removed},

    ParticipantTransition{ParticipantStatus::active,       ParticipantCommand::join,           ParticipantStatus::active},
    ParticipantTransition{ParticipantStatus::active,       ParticipantCommand::hold,           ParticipantStatus::waiting},
    ParticipantTransition{ParticipantStatus::active,       ParticipantCommand::lose_transport, ParticipantStatus::disconnected},
    ParticipantTransition{ParticipantStatus::active,       ParticipantCommand::leave,          ParticipantStatus::disconnected},
    ParticipantTransition{ParticipantStatus::active,       ParticipantCommand::remove,         ParticipantStatus::removed},

    ParticipantTransition{ParticipantStatus::disconnected, ParticipantCommand::join,           ParticipantStatus::disconnected},
    ParticipantTransition{ParticipantStatus::disconnected, ParticipantCommand::come_back,      ParticipantStatus::disconnected},
    ParticipantTransition{ParticipantStatus::disconnected, ParticipantCommand::leave,          ParticipantStatus::disconnected},
    ParticipantTransition{ParticipantStatus::disconnected, ParticipantCommand::remove,         ParticipantStatus::removed},

    ParticipantTransition{ParticipantStatus::removed,      ParticipantCommand::reinvite,       ParticipantStatus::invited},
};
// clang-format on

/// Where `on` leads from `from` by the table alone, or `invalid_status_transition`.
[[nodiscard]] Result<ParticipantStatus> next_status(ParticipantStatus from, ParticipantCommand on);

}  // namespace vcare::domain
