// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/video_backend.hpp"
#include "application/read_audit_trail.hpp"
#include "application/session_desk.hpp"
#include "application/whereabouts.hpp"
#include "domain/encounter.hpp"

namespace vcare::application {

/// A session with what only the provider sees.
struct SessionView {
    domain::SessionData session;
    std::optional<Whereabouts> whereabouts = {};  ///< of the patient, for a provider of the session
};

/// Is this visit going to work?
struct Preparation {
    struct Person {
        domain::ParticipantId id;
        domain::Role role{};
        domain::ParticipantStatus status{};
        domain::Phi<std::string> display_name = {};
        std::optional<domain::Instant> link_issued_at = {};
        std::optional<domain::Instant> link_opened_at = {};
        std::optional<domain::Instant> link_requested_at = {};  ///< when they last asked for a new link
        std::optional<domain::Instant> joined_at = {};
        bool is_reachable = false;  ///< by a contact, or as a user where a communication service tells them
        std::optional<DeviceCheckRecord> device_check = {};
    };
    domain::SessionData session;
    std::vector<Person> people = {};  ///< of the session, without those removed
    bool interpreter_invited = false;
    bool interpreter_confirmed = false;  ///< an interpreter opened their link or joined
    BackendHealth backend = {};
};

/// Every read of sessions by staff; each leaves one audit entry.
class ReadSessions {
  public:
    ReadSessions(const Services& services, ReadAuditTrail& trail);

    [[nodiscard]] Task<Result<SessionView>> one(StaffContext context, domain::SessionId id);
    [[nodiscard]] Task<Result<Page<domain::SessionData>>> list(StaffContext context, SessionQuery query);
    [[nodiscard]] Task<Result<std::vector<WaitingEntry>>> waiting_room(StaffContext context);
    /// Appointments in the caller's reach that have no session yet, soonest first.
    [[nodiscard]] Task<Result<std::vector<domain::Appointment>>> waiting_appointments(StaffContext context);
    [[nodiscard]] Task<Result<std::vector<domain::TimelineItem>>> timeline(StaffContext context,
                                                                           domain::SessionId id);
    [[nodiscard]] Task<Result<Preparation>> preparation(StaffContext context, domain::SessionId id);
    /// `not_found` before the session was active.
    [[nodiscard]] Task<Result<domain::Encounter>> encounter(StaffContext context, domain::SessionId id);

  private:
    Task<Result<LoadedSession>> open(StaffContext context, domain::SessionId id, std::string action);
    Task<Result<std::optional<Whereabouts>>> whereabouts(StaffContext context, domain::SessionData session);

    Services services_;
    SessionDesk desk_;
    ReadAuditTrail& trail_;
};

}  // namespace vcare::application
