// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/contract/operations.hpp"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>

#include "domain/permission.hpp"

namespace vcare::http::contract {
namespace {

TEST(ContractOperations, stand_at_the_place_of_their_id) {
    for (std::size_t i = 0; i < operations().size(); ++i)
        EXPECT_EQ(static_cast<std::size_t>(operations()[i].id), i) << operations()[i].name;
}

TEST(ContractOperations, have_at_least_one_route_each_and_no_route_twice) {
    std::set<std::pair<std::string_view, std::string_view>> seen;
    std::set<OperationId> reached;
    for (const auto& route : routes()) {
        EXPECT_TRUE(seen.emplace(route.method, route.path).second) << route.method << ' ' << route.path;
        EXPECT_EQ(route.method, operation(route.id).method) << route.path;
        reached.insert(route.id);
    }
    EXPECT_EQ(reached.size(), operations().size());
}

TEST(ContractOperations, stand_under_the_base_path_but_for_operations_and_documentation) {
    const auto path_of = [](OperationId id) { return std::ranges::find(routes(), id, &Route::id)->path; };

    EXPECT_EQ(path_of(OperationId::create_session), "/api/v1/virtual-care/sessions");
    EXPECT_EQ(path_of(OperationId::admit_participant),
              "/api/v1/virtual-care/sessions/{id}/participants/{pid}/admit");
    EXPECT_EQ(path_of(OperationId::get_readiness), "/health/ready");
    EXPECT_EQ(std::ranges::count(routes(), OperationId::get_docs, &Route::id), 2);
}

TEST(ContractOperations, ask_for_the_scope_and_roles_that_the_domain_grants) {
    for (const auto& operation : operations()) {
        EXPECT_EQ((operation.credentials & bearer_credential) != 0, !operation.grants.empty())
            << operation.name;
        for (const auto& grant : operation.grants) {
            const auto scope = domain::parse_wire<domain::Scope>(grant.scope);
            ASSERT_TRUE(scope.has_value()) << grant.scope;
            for (const auto role : grant.roles) {
                const auto known = domain::parse_wire<domain::StaffRole>(role);
                ASSERT_TRUE(known.has_value()) << role;
                EXPECT_TRUE(domain::role_may(*known, *scope)) << operation.name << ' ' << role;
            }
        }
    }
}

TEST(ContractOperations, leave_no_role_out_that_the_domain_grants_but_in_lists_of_what_waits) {
    for (const auto& operation : operations())
        for (const auto& grant : operation.grants) {
            const auto scope = domain::parse_wire<domain::Scope>(grant.scope);
            const auto granted = std::ranges::find(domain::permissions(), scope, &domain::Permission::scope);
            const bool is_about_waiting = operation.id == OperationId::list_waiting_room ||
                                          operation.id == OperationId::list_waiting_appointments;
            const auto expected = is_about_waiting ? 4U : granted->roles.size();
            EXPECT_EQ(grant.roles.size(), expected) << operation.name;
        }
}

TEST(ContractOperations, say_which_credential_opens_them) {
    EXPECT_EQ(operation(OperationId::create_session).credentials, bearer_credential);
    EXPECT_EQ(operation(OperationId::get_visit).credentials, visit_credential);
    EXPECT_EQ(operation(OperationId::report_device_check).credentials, visit_credential | link_credential);
    EXPECT_EQ(operation(OperationId::join_visit).credentials, none_credential);
}

TEST(ContractOperations, say_how_much_they_take) {
    EXPECT_EQ(operation(OperationId::create_session).max_body_bytes, 256U * 1024U);
    EXPECT_EQ(operation(OperationId::upload_network_test).max_body_bytes, 1024U * 1024U);
    EXPECT_EQ(operation(OperationId::upload_network_test).body, BodyKind::binary);
    EXPECT_EQ(operation(OperationId::get_session).body, BodyKind::none);
    EXPECT_FALSE(operation(OperationId::end_session).body_required);
}

}  // namespace
}  // namespace vcare::http::contract
