// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/consent_desk.hpp"
#include "application/session_desk.hpp"

namespace vcare::application {

/// Books a visit. In this order: licence, permission, the request itself, consent, the backend's health, a
/// room, then one transaction; a transaction that fails gives the room back. One whose answer is lost is
/// looked for first, so that no session is ever without its room.
class CreateSession {
  public:
    explicit CreateSession(const Services& services);

    struct Person {
        domain::Role role{};
        std::optional<domain::UserId> user = {};
        domain::Phi<std::string> display_name = {};
        domain::Contact contact = {};
        std::optional<std::string> language = {};
        bool linked_to_patient = false;
    };
    struct Command {
        domain::PatientId patient;
        domain::Instant scheduled_start;
        std::optional<domain::Instant> scheduled_end = {};
        std::optional<domain::AppointmentId> appointment = {};
        std::optional<domain::NodeId> node = {};
        std::optional<std::vector<Person>> participants = {};  ///< absent: the caller provides
        bool recording_enabled = false;
        std::optional<std::string> language = {};
        std::optional<domain::Phi<std::string>> reason_for_visit = {};
    };
    [[nodiscard]] Task<Result<domain::SessionData>> operator()(StaffContext context, Command command,
                                                               KeepAnswer<domain::SessionData> keep);

    /// A visit that no page asks for: whoever gives the order has seen to it that it may be given.
    struct Order {
        domain::TenantScope scope;
        RequestContext request = {};
        domain::UserId initiator;
        Command command;
        /// Whom to invite, asked once the window is right.
        std::function<Result<std::vector<Person>>()> people;
        /// What else is written in the transaction of the booking.
        std::function<void(UnitBuilder&, const domain::SessionData&)> also = {};
    };
    /// From the licence on, permission aside.
    [[nodiscard]] Task<Result<domain::SessionData>> book(Order order);

  private:
    Task<Result<domain::SessionData>> carry_out(Order order);
    Task<Result<domain::SessionData>> make(Order order, BookingBasis basis,
                                           std::vector<domain::NewParticipant> people);
    /// Whether the session is in the store, asked until the store answers, a few times.
    Task<Result<bool>> look_for(domain::TenantScope scope, domain::SessionId id);

    Services services_;
    SessionDesk desk_;
    ConsentDesk consents_;
    IdMaker ids_;
};

}  // namespace vcare::application
