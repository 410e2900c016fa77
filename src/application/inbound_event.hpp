// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <variant>

#include "domain/appointment.hpp"
#include "domain/consent.hpp"

/// What other services tell us, as far as it matters here: ids, states and times, already checked.
namespace vcare::application {

struct AppointmentScheduled {
    domain::AppointmentId appointment;
    bool is_virtual = false;  ///< else it is none of our business
    domain::AppointmentPeople people;
    domain::AppointmentTime time;
};
struct AppointmentRescheduled {
    domain::AppointmentId appointment;
    domain::AppointmentTime time;
    std::optional<domain::UserId> provider = {};
};
struct AppointmentCancelled {
    domain::AppointmentId appointment;
};
struct AppointmentMissed {
    domain::AppointmentId appointment;
};
struct ConsentRevoked {
    domain::PatientId patient;
    domain::ConsentType type{};
};
struct ConsentGranted {
    domain::PatientId patient;
    domain::ConsentType type{};
};
/// Deactivated, suspended, or their session with the identity provider was revoked.
struct UserBarred {
    domain::UserId user;
    std::string reason;        ///< a fixed word
    std::string session = {};  ///< with the identity provider, where only that was revoked; empty: all
};
struct VitalStatusChanged {
    domain::PatientId patient;
    bool is_deceased = false;
};
struct ThreadCreated {
    domain::SessionId session;
    std::string thread;
};
struct PatientMerged {
    domain::PatientId from;
    domain::PatientId into;
};
struct EntitlementChanged {
    bool is_ours = true;                      ///< about this module
    std::optional<domain::NodeId> node = {};  ///< the facility; absent: the tenant as a whole
    bool licensed = false;
};

using InboundBody = std::variant<AppointmentScheduled, AppointmentRescheduled, AppointmentCancelled,
                                 AppointmentMissed, ConsentRevoked, ConsentGranted, UserBarred,
                                 VitalStatusChanged, ThreadCreated, PatientMerged, EntitlementChanged>;

/// What every event says beside its own. (tenant, consumer, message id) names a message: the same again is
/// the same message.
struct InboundHead {
    domain::TenantId tenant;
    std::string consumer;
    std::string message_id;
    std::string type;  ///< the type's name in events.md, whatever the producer calls it
    domain::Instant said_at;
    std::string actor = {};  ///< empty: the system
    std::string correlation_id = {};
    domain::TraceContext cause = {};  ///< of the piece of work it comes from
};

struct InboundEvent {
    InboundHead head;
    InboundBody body;
};

}  // namespace vcare::application
