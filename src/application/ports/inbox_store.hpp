// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/session_store.hpp"
#include "application/ports/work_queues.hpp"
#include "domain/appointment.hpp"
#include "domain/barred_user.hpp"

namespace vcare::application {

/// An appointment whose time has come to be booked; no other replica has it until its lease is over.
struct DueAppointment {
    QueueItem item;
    domain::Appointment appointment;
};

/// Where a message lies that failed, and why. What it says is not here: it stays where it is, since it may
/// hold what nobody may see.
struct FailedMessage {
    std::string place;  ///< what it is known by: its stream and its sequence there
    std::string stream = {};
    std::uint64_t sequence = 0;
    std::string tenant = {};      ///< empty: nobody could tell
    std::string message_id = {};  ///< empty: nobody could tell
    std::string type = {};        ///< empty: nobody could tell
    unsigned failures = 0;
    std::string problem = {};  ///< for operators; names fields, never their values
    domain::Instant failed_at = {};
    bool is_dead = false;
};

/// A failed message that is taken again; no other replica has it until `held_until`.
struct HeldMessage {
    FailedMessage message;
    domain::Instant held_until;
};

/// A place in the order in which users were barred, across tenants.
struct BarPlace {
    domain::Instant written_at = {};
    std::string tenant = {};
    std::string user = {};
    std::string session = {};
};
struct WrittenBar {
    domain::BarredUser barred;
    domain::Instant written_at;

    [[nodiscard]] BarPlace place() const {
        return {written_at, barred.tenant.text(), barred.user.text(), barred.session};
    }
};

struct InboxLengths {
    std::uint64_t dead_letters = 0;
    std::uint64_t waiting_appointments = 0;
};

/// What was taken from other services, and what is known of their appointments. Of a tenant with its scope;
/// across tenants ids, states and times only.
class InboxStore {
  public:
    virtual ~InboxStore() = default;

    [[nodiscard]] virtual Task<Result<bool>> is_taken(domain::TenantScope scope, std::string consumer,
                                                      std::string message_id) = 0;
    /// When the newest word about it that was taken was said.
    [[nodiscard]] virtual Task<Result<std::optional<domain::Instant>>> newest_about(domain::TenantScope scope,
                                                                                    std::string about) = 0;
    [[nodiscard]] virtual Task<Result<std::optional<domain::Appointment>>> find_appointment(
        domain::TenantScope scope, domain::AppointmentId id) = 0;
    /// Those of one patient that wait.
    [[nodiscard]] virtual Task<Result<std::vector<domain::Appointment>>> waiting_appointments_of(
        domain::TenantScope scope, domain::PatientId patient) = 0;
    /// Those of the tenant that wait, soonest first, at most `limit`.
    [[nodiscard]] virtual Task<Result<std::vector<domain::Appointment>>> list_waiting_appointments(
        domain::TenantScope scope, unsigned limit) = 0;

    [[nodiscard]] virtual Task<Result<std::vector<DueAppointment>>> claim_appointments(
        domain::Instant now, domain::Instant lease_until, unsigned limit) = 0;

    /// Counts one more failure; with `most` of them, or when `message` is dead already, it is a dead letter.
    /// Answers how often it failed and whether it is one.
    [[nodiscard]] virtual Task<Result<FailedMessage>> note_failure(FailedMessage message, unsigned most) = 0;
    [[nodiscard]] virtual Task<Result<void>> forget_failure(std::string place) = 0;
    /// Oldest first, dead letters and those that are tried again.
    [[nodiscard]] virtual Task<Result<std::vector<FailedMessage>>> list_failures(unsigned limit) = 0;
    /// Has dead letters taken again, their failures forgotten; answers how many.
    [[nodiscard]] virtual Task<Result<unsigned>> replay_failures(std::optional<std::string> place,
                                                                 domain::Instant now) = 0;
    /// Takes what is to be replayed, and holds it until `held_until`: then it is to be replayed again.
    [[nodiscard]] virtual Task<Result<std::vector<HeldMessage>>> claim_failures_to_replay(
        domain::Instant now, domain::Instant held_until, unsigned limit) = 0;
    /// Has them replayed `at` that time. Leaves alone what was settled or claimed since.
    [[nodiscard]] virtual Task<Result<void>> put_off_replays(std::vector<HeldMessage> messages,
                                                             domain::Instant at) = 0;
    /// Those that were barred behind that place, in their order.
    [[nodiscard]] virtual Task<Result<std::vector<WrittenBar>>> barred_users_after(BarPlace last,
                                                                                   unsigned limit) = 0;
    [[nodiscard]] virtual Task<Result<InboxLengths>> lengths() = 0;
};

}  // namespace vcare::application
