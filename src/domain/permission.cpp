// SPDX-License-Identifier: Apache-2.0
#include "domain/permission.hpp"

#include <algorithm>

namespace vcare::domain {
namespace {

using enum StaffRole;

constexpr std::array sees_the_whole_tenant = {admin, scheduler, tenant_admin, auditor};

bool has_any(const Caller& caller, std::span<const StaffRole> roles) {
    return std::ranges::any_of(roles, [&](StaffRole role) { return caller.has(role); });
}

}  // namespace

const std::vector<Permission>& permissions() {
    static const std::vector<Permission> table = {
        {Scope::session_create, {clinician, nurse_practitioner, scheduler, admin}},
        {Scope::session_read,
         {clinician, nurse_practitioner, scheduler, admin, tenant_admin, platform_admin, auditor, patient}},
        {Scope::session_admit, {clinician, nurse_practitioner, admin}},
        {Scope::session_end, {clinician, nurse_practitioner, admin}},
        {Scope::session_cancel, {clinician, nurse_practitioner, scheduler, admin}},
        {Scope::recording_control, {clinician, nurse_practitioner}},
        {Scope::config_read, {admin, tenant_admin, platform_admin}},
        {Scope::config_write, {tenant_admin, platform_admin}},
        {Scope::consent_read, {clinician, nurse_practitioner, scheduler, admin, patient}},
        {Scope::consent_write, {clinician, nurse_practitioner, scheduler, admin, patient}},
        {Scope::audit_read, {admin, auditor}},
    };
    return table;
}

bool role_may(StaffRole role, Scope scope) {
    const auto row = std::ranges::find(permissions(), scope, &Permission::scope);
    return row != permissions().end() && row->roles.contains(role);
}

Result<void> require(const Caller& caller, Scope scope) {
    const bool has_scope = caller.scopes.contains(scope);
    const bool has_role =
        std::ranges::any_of(caller.roles, [&](StaffRole role) { return role_may(role, scope); });
    if (has_scope && has_role) return {};
    return refuse(ErrorCode::access_denied,
                  "This needs the scope " + std::string{to_wire(scope)} + " and a role that may use it.");
}

Reach reach_of(const Caller& caller) {
    if (has_any(caller, sees_the_whole_tenant)) return {.whole_tenant = true};
    const bool is_staff = caller.has(clinician) || caller.has(nurse_practitioner);
    if (is_staff) return {.participant_user = caller.user, .nodes = caller.nodes};
    if (caller.has(patient)) return {.patient = PatientId::parse(caller.user.text())};
    return {.participant_user = caller.user};
}

bool takes_part(const Caller& caller, const SessionData& session) {
    return std::ranges::any_of(session.participants, [&](const Participant& participant) {
        return participant.user_id == caller.user && !participant.is_removed();
    });
}

bool reaches(const Caller& caller, const SessionData& session) {
    const Reach reach = reach_of(caller);
    if (reach.whole_tenant) return true;
    if (reach.patient) return *reach.patient == session.patient;
    const bool of_their_node =
        session.node && std::ranges::find(reach.nodes, *session.node) != reach.nodes.end();
    return of_their_node || takes_part(caller, session);
}

}  // namespace vcare::domain
