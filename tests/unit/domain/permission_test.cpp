// SPDX-License-Identifier: Apache-2.0
#include "domain/permission.hpp"

#include <gtest/gtest.h>

#include "support/builders/session_builder.hpp"

namespace vcare::testing {
namespace {

using enum StaffRole;

Caller a_caller(EnumSet<StaffRole> roles, EnumSet<Scope> scopes = {}, std::string_view user = "user-1") {
    return {.user = a_user(user), .tenant = this_clinic(), .roles = roles, .scopes = scopes};
}

/// The table once more, as the columns clinician … patient of the enumeration: x may, . may not.
struct Row {
    Scope scope;
    std::string_view may;
};
// clang-format off
constexpr std::array rows = {
    //                            clinician, nurse, scheduler, admin, tenant_admin, platform_admin, auditor, patient
    Row{Scope::session_create,    "xxxx...."},
    Row{Scope::session_read,      "xxxxxxxx"},
    Row{Scope::session_admit,     "xx.x...."},
    Row{Scope::session_end,       "xx.x...."},
    Row{Scope::session_cancel,    "xxxx...."},
    Row{Scope::recording_control, "xx......"},
    Row{Scope::config_read,       "...xxx.."},
    Row{Scope::config_write,      "....xx.."},
    Row{Scope::consent_read,      "xxxx...x"},
    Row{Scope::consent_write,     "xxxx...x"},
    Row{Scope::audit_read,        "...x..x."},
};
// clang-format on
static_assert(rows.size() == words_of(Scope{}).size());

TEST(Permission, needs_the_scope_and_a_role_that_may_use_it) {
    for (const Row& row : rows) {
        for (const auto& [role, word] : words_of(StaffRole{})) {
            const bool may = row.may.at(static_cast<std::size_t>(role)) == 'x';
            SCOPED_TRACE(std::string{word} + " with " + std::string{to_wire(row.scope)});
            EXPECT_EQ(role_may(role, row.scope), may);
            EXPECT_EQ(require(a_caller({role}, {row.scope}), row.scope).has_value(), may);
            const auto without_the_scope = require(a_caller({role}), row.scope);
            ASSERT_FALSE(without_the_scope.has_value());
            EXPECT_EQ(without_the_scope.error().code, ErrorCode::access_denied);
        }
    }
}

TEST(Permission, is_nothing_for_a_scope_without_a_role) {
    EXPECT_FALSE(require(a_caller({}, {Scope::session_read}), Scope::session_read).has_value());
}

TEST(Permission, is_enough_when_one_of_several_roles_may) {
    EXPECT_TRUE(
        require(a_caller({auditor, clinician}, {Scope::session_admit}), Scope::session_admit).has_value());
}

TEST(Reach, is_the_whole_tenant_for_those_who_run_the_clinic) {
    const SessionData session = a_session().data();
    for (const StaffRole role : {admin, scheduler, tenant_admin, auditor}) {
        EXPECT_TRUE(reach_of(a_caller({role}, {}, "user-9")).whole_tenant);
        EXPECT_TRUE(reaches(a_caller({role}, {}, "user-9"), session));
    }
}

TEST(Reach, of_a_clinician_is_their_own_sessions_and_those_of_their_nodes) {
    SessionData session = a_session().data();
    session.participants[0].user_id = a_user("user-1");
    for (const StaffRole role : {clinician, nurse_practitioner}) {
        EXPECT_TRUE(reaches(a_caller({role}), session));
        EXPECT_FALSE(reaches(a_caller({role}, {}, "user-9"), session));

        Caller of_the_node = a_caller({role}, {}, "user-9");
        of_the_node.nodes = {an_opaque_id<NodeId>("node-1")};
        EXPECT_FALSE(reaches(of_the_node, session));
        session.node = an_opaque_id<NodeId>("node-1");
        EXPECT_TRUE(reaches(of_the_node, session));
        session.node = an_opaque_id<NodeId>("node-2");
        EXPECT_FALSE(reaches(of_the_node, session));
        session.node.reset();
    }
}

TEST(Reach, of_a_clinician_ends_when_they_are_removed) {
    SessionData session = a_session().data();
    session.participants[0].user_id = a_user("user-1");
    EXPECT_TRUE(takes_part(a_caller({clinician}), session));
    session.participants[0].status = ParticipantStatus::removed;
    EXPECT_FALSE(takes_part(a_caller({clinician}), session));
    EXPECT_FALSE(reaches(a_caller({clinician}), session));
}

TEST(Reach, of_a_patient_is_the_sessions_they_are_the_patient_of) {
    const SessionData session = a_session().data();
    EXPECT_TRUE(reaches(a_caller({patient}, {}, "patient-1"), session));
    EXPECT_FALSE(reaches(a_caller({patient}, {}, "patient-2"), session));
    EXPECT_EQ(reach_of(a_caller({patient}, {}, "patient-1")).patient, the_patient_id());
}

TEST(Reach, of_everybody_else_is_what_they_take_part_in) {
    SessionData session = a_session().data();
    EXPECT_FALSE(reaches(a_caller({platform_admin}), session));
    EXPECT_FALSE(reaches(a_caller({}), session));
    session.participants[0].user_id = a_user("user-1");
    EXPECT_TRUE(reaches(a_caller({platform_admin}), session));
    EXPECT_EQ(reach_of(a_caller({})).participant_user, a_user("user-1"));
}

}  // namespace
}  // namespace vcare::testing
