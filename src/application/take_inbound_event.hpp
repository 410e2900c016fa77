// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/inbound_event.hpp"
#include "application/link_authentication.hpp"
#include "application/session_desk.hpp"
#include "application/withdraw_consent.hpp"

namespace vcare::application {

enum class Taken : std::uint8_t {
    done,
    repeated,  ///< its effect was there before
};

/// Takes one event of another service: its effect and the note that it was taken are one unit of work, so a
/// second delivery changes nothing. Events may come in any order; what was overtaken by a later word has no
/// effect but the note. Waits for no service outside: a new appointment is written down here and booked by
/// `BookAppointments`.
class TakeInboundEvent {
  public:
    explicit TakeInboundEvent(const Services& services);

    /// `store_unavailable` and the like: nothing was changed, or it is known as taken when it comes again.
    [[nodiscard]] Task<Result<Taken>> operator()(InboundEvent event);

  private:
    struct Deciding;
    /// How an appointment ends, and what becomes of its session.
    struct Closing {
        std::string word;            ///< of the appointment's end
        std::string action;          ///< for the audit log
        std::string session_reason;  ///< with which the session is cancelled
        bool only_if_nobody_was_admitted = false;
    };
    /// The visits of a patient that are not over, with the configuration that rules them.
    struct OpenVisits {
        domain::StoredTenantConfig config;
        std::vector<domain::SessionData> sessions;
    };
    Task<Result<std::optional<Taken>>> try_once(domain::TenantScope scope, InboundEvent event);
    Task<void> after_commit(InboundEvent event);

    Task<Result<void>> decide(Deciding* now, AppointmentScheduled told);
    Task<Result<void>> decide(Deciding* now, AppointmentRescheduled told);
    Task<Result<void>> decide(Deciding* now, AppointmentCancelled told);
    Task<Result<void>> decide(Deciding* now, AppointmentMissed told);
    Task<Result<void>> decide(Deciding* now, ConsentRevoked told);
    Task<Result<void>> decide(Deciding* now, ConsentGranted told);
    Task<Result<void>> decide(Deciding* now, UserBarred told);
    Task<Result<void>> decide(Deciding* now, VitalStatusChanged told);
    Task<Result<void>> decide(Deciding* now, ThreadCreated told);
    Task<Result<void>> decide(Deciding* now, PatientMerged told);
    Task<Result<void>> decide(Deciding* now, EntitlementChanged told);

    Task<Result<domain::Appointment>> load_appointment(Deciding* now, domain::AppointmentId id);
    Task<Result<void>> move_session(Deciding* now, domain::Appointment appointment);
    Task<Result<void>> close_session(Deciding* now, domain::Appointment appointment, std::string reason,
                                     bool only_if_nobody_was_admitted);
    Task<Result<void>> close(Deciding* now, domain::AppointmentId id, Closing closing);
    Task<Result<OpenVisits>> load_open_of(Deciding* now, domain::PatientId patient);
    Task<Result<bool>> is_newest(Deciding* now, std::string about);

    Services services_;
    SessionDesk desk_;
    LinkMaker links_;
    WithdrawConsent withdraw_;
};

}  // namespace vcare::application
