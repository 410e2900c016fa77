// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <vector>

#include "domain/enum_set.hpp"
#include "domain/session.hpp"

namespace vcare::domain {

enum class StaffRole : std::uint8_t {
    clinician,
    nurse_practitioner,
    scheduler,
    admin,
    tenant_admin,
    platform_admin,
    auditor,
    patient,
};
constexpr WireWords<StaffRole, 8> words_of(StaffRole) {
    return {{{StaffRole::clinician, "clinician"},
             {StaffRole::nurse_practitioner, "nurse_practitioner"},
             {StaffRole::scheduler, "scheduler"},
             {StaffRole::admin, "admin"},
             {StaffRole::tenant_admin, "tenant_admin"},
             {StaffRole::platform_admin, "platform_admin"},
             {StaffRole::auditor, "auditor"},
             {StaffRole::patient, "patient"}}};
}

enum class Scope : std::uint8_t {
    session_create,
    session_read,
    session_admit,
    session_end,
    session_cancel,
    recording_control,
    config_read,
    config_write,
    consent_read,
    consent_write,
    audit_read,
};
constexpr WireWords<Scope, 11> words_of(Scope) {
    return {{{Scope::session_create, "virtual_care:session:create"},
             {Scope::session_read, "virtual_care:session:read"},
             {Scope::session_admit, "virtual_care:session:admit"},
             {Scope::session_end, "virtual_care:session:end"},
             {Scope::session_cancel, "virtual_care:session:cancel"},
             {Scope::recording_control, "virtual_care:recording:control"},
             {Scope::config_read, "virtual_care:config:read"},
             {Scope::config_write, "virtual_care:config:write"},
             {Scope::consent_read, "virtual_care:consent:read"},
             {Scope::consent_write, "virtual_care:consent:write"},
             {Scope::audit_read, "virtual_care:audit:read"}}};
}

/// Which role may hold which scope. A permission is role and scope: a token with the scope but without a
/// role of this row has nothing.
struct Permission {
    Scope scope{};
    EnumSet<StaffRole> roles;
};
[[nodiscard]] const std::vector<Permission>& permissions();
[[nodiscard]] bool role_may(StaffRole role, Scope scope);

/// Who is calling, as their verified bearer says.
struct Caller {
    UserId user;
    TenantId tenant;
    EnumSet<StaffRole> roles = {};
    EnumSet<Scope> scopes = {};
    std::vector<NodeId> nodes = {};
    std::string name = {};

    [[nodiscard]] bool has(StaffRole role) const { return roles.contains(role); }
};

/// `access_denied` unless the caller has the scope and a role that may use it.
[[nodiscard]] Result<void> require(const Caller& caller, Scope scope);

/// Which of a tenant's sessions a caller sees: admin, scheduler, tenant_admin and auditor all of them;
/// clinicians those they take part in and those of their nodes; patients those they are the patient of.
[[nodiscard]] bool reaches(const Caller& caller, const SessionData& session);

/// The same as a restriction for lists; empty members do not restrict.
struct Reach {
    bool whole_tenant = false;
    std::optional<UserId> participant_user = {};
    std::vector<NodeId> nodes = {};
    std::optional<PatientId> patient = {};
};
[[nodiscard]] Reach reach_of(const Caller& caller);

/// Whether the caller acts on this session as their own (for scopes that are limited to own sessions).
[[nodiscard]] bool takes_part(const Caller& caller, const SessionData& session);

}  // namespace vcare::domain
