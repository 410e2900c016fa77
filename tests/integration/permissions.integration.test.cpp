// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/demo_fixture.hpp"
#include "support/operations.hpp"

namespace vcare::support {
namespace {

using http::contract::Operation;
using http::contract::Route;
using Words = std::set<std::string>;

const Words all_roles = {"clinician",    "nurse_practitioner", "scheduler", "admin",
                         "tenant_admin", "platform_admin",     "auditor",   "patient"};
const Words staff_of_patients = {"clinician", "nurse_practitioner", "scheduler", "admin"};

struct Rule {
    std::string scope;
    Words roles;
};

/// Who may do what, as people agreed on it. An operation that is missing here fails the walk.
const std::map<std::string, Rule> rules = {
    {"listSessions", {"virtual_care:session:read", all_roles}},
    {"createSession", {"virtual_care:session:create", staff_of_patients}},
    {"getSession", {"virtual_care:session:read", all_roles}},
    {"listParticipants", {"virtual_care:session:read", all_roles}},
    {"addParticipant", {"virtual_care:session:create", staff_of_patients}},
    {"issueJoinToken", {"virtual_care:session:create", staff_of_patients}},
    {"joinAsStaff", {"virtual_care:session:read", all_roles}},
    {"admitParticipant", {"virtual_care:session:admit", {"clinician", "nurse_practitioner", "admin"}}},
    {"removeParticipant", {"virtual_care:session:admit", {"clinician", "nurse_practitioner", "admin"}}},
    {"rescheduleSession", {"virtual_care:session:create", staff_of_patients}},
    {"endSession", {"virtual_care:session:end", {"clinician", "nurse_practitioner", "admin"}}},
    {"retryEncounter", {"virtual_care:session:end", {"clinician", "nurse_practitioner", "admin"}}},
    {"cancelSession", {"virtual_care:session:cancel", staff_of_patients}},
    {"getTimeline", {"virtual_care:session:read", all_roles}},
    {"getPreparation", {"virtual_care:session:read", all_roles}},
    {"getEncounter", {"virtual_care:session:read", all_roles}},
    {"listWaitingAppointments", {"virtual_care:session:read", staff_of_patients}},
    {"listWaitingRoom", {"virtual_care:session:read", staff_of_patients}},
    {"streamEvents", {"virtual_care:session:read", all_roles}},
    {"getMe", {"virtual_care:session:read", all_roles}},
    {"getConfig", {"virtual_care:config:read", {"admin", "tenant_admin", "platform_admin"}}},
    {"putConfig", {"virtual_care:config:write", {"tenant_admin", "platform_admin"}}},
    {"listConsents",
     {"virtual_care:consent:read", {"clinician", "nurse_practitioner", "scheduler", "admin", "patient"}}},
    {"recordConsent",
     {"virtual_care:consent:write", {"clinician", "nurse_practitioner", "scheduler", "admin", "patient"}}},
    {"withdrawConsent",
     {"virtual_care:consent:write", {"clinician", "nurse_practitioner", "scheduler", "admin", "patient"}}},
    {"searchAudit", {"virtual_care:audit:read", {"admin", "auditor"}}},
    {"verifyAudit", {"virtual_care:audit:read", {"admin", "auditor"}}},
};

/// `fallback` is for whoever may admit or end.
const Rule admit_or_end = {"virtual_care:session:admit", {"clinician", "nurse_practitioner", "admin"}};

const Rule* rule_of(const Operation& operation) {
    if (operation.name == "changeMode") return &admit_or_end;
    const auto found = rules.find(std::string{operation.name});
    return found == rules.end() ? nullptr : &found->second;
}

const PathValues unknown = {{"id", "vsn_01ARZ3NDEKTSV4RRFFQ69G5FAV"},
                            {"pid", "vsp_01ARZ3NDEKTSV4RRFFQ69G5FAV"}};

std::string path_of(const Route& route) {
    if (route.path.find("/consents/") == std::string_view::npos) return fill_in(route.path, unknown);
    return fill_in(route.path, {{"id", "cns_01ARZ3NDEKTSV4RRFFQ69G5FAV"}});
}

class Permissions : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        folder_ = new TempFolder;
        server_ = new Server{folder_->path()};
    }
    static void TearDownTestSuite() {
        delete server_;
        delete folder_;
    }

    /// Every operation that a bearer opens, with each of its paths.
    template <class Visitor>
    static void for_each_staff_route(Visitor visit) {
        for (const Route& route : http::contract::routes()) {
            const Operation& operation = http::contract::operation(route.id);
            if (operation.credentials == http::contract::bearer_credential) visit(route, operation);
        }
    }

    HttpClient client_ = server_->client();
    static inline TempFolder* folder_ = nullptr;
    static inline Server* server_ = nullptr;
};

TEST_F(Permissions, have_a_rule_for_every_operation_of_staff) {
    for_each_staff_route([](const Route&, const Operation& operation) {
        EXPECT_NE(rule_of(operation), nullptr) << operation.name;
    });
}

TEST_F(Permissions, are_given_to_exactly_the_roles_of_the_rule) {
    for (const std::string& role : all_roles) {
        const Headers token = server_->token("north", "somebody", {role});
        for_each_staff_route([&](const Route& route, const Operation& operation) {
            const Rule* rule = rule_of(operation);
            if (rule == nullptr) return;
            const HttpResponse answer = ask(client_, operation, path_of(route), token);
            const bool is_denied = answer.status == 403 && answer.code() == "ACCESS_DENIED";
            EXPECT_EQ(is_denied, !rule->roles.contains(role))
                << role << " asked " << operation.name << ": " << answer.status << " " << answer.body;
            EXPECT_NE(answer.status, 401) << role << " asked " << operation.name;
        });
    }
}

TEST_F(Permissions, need_the_scope_beside_the_role) {
    // Each token has every role of a clinic, and one scope only.
    std::vector<std::string> roles{all_roles.begin(), all_roles.end()};
    std::erase(roles, "platform_admin");
    Words scopes;
    for (const auto& [name, rule] : rules) scopes.insert(rule.scope);
    for (const std::string& scope : scopes) {
        const Headers token = server_->token("north", "somebody", roles, {"--scope", scope});
        for_each_staff_route([&](const Route& route, const Operation& operation) {
            const Rule* rule = rule_of(operation);
            if (rule == nullptr) return;
            const bool may_end_too = operation.name == "changeMode" && scope == "virtual_care:session:end";
            const HttpResponse answer = ask(client_, operation, path_of(route), token);
            const bool is_denied = answer.status == 403 && answer.code() == "ACCESS_DENIED";
            EXPECT_EQ(is_denied, rule->scope != scope && !may_end_too)
                << scope << " asked " << operation.name << ": " << answer.status << " " << answer.body;
        });
    }
}

TEST_F(Permissions, are_never_given_to_nobody_or_to_the_wrong_kind_of_credential) {
    const Headers staff = server_->token("north", "somebody", {"clinician"});
    const Headers participant = visit("north.vsp_01ARZ3NDEKTSV4RRFFQ69G5FAV.c2VjcmV0");
    for (const Route& route : http::contract::routes()) {
        const Operation& operation = http::contract::operation(route.id);
        if (operation.credentials == http::contract::none_credential) continue;
        const bool takes_bearer = (operation.credentials & http::contract::bearer_credential) != 0;
        const std::string path = path_of(route);
        EXPECT_EQ(ask(client_, operation, path, {}).status, 401) << operation.name;
        EXPECT_EQ(ask(client_, operation, path, takes_bearer ? participant : staff).status, 401)
            << operation.name;
    }
}

TEST_F(Permissions, of_a_platform_admin_reach_a_named_tenants_configuration_only) {
    const Headers platform = server_->token("platform", "operator-1", {"platform_admin"});
    const Headers local = server_->token("north", "manager", {"tenant_admin"});
    ASSERT_EQ(client_.get(std::string{base_path} + "/config", local).status, 200);

    const std::string config = std::string{base_path} + "/config";
    EXPECT_EQ(client_.get(config, platform).status, 400);
    EXPECT_EQ(client_.get(config + "?tenantId=north", platform).at("/tenantId"), "north");
    EXPECT_EQ(client_.get(config + "?tenantId=north", local).code(), "ACCESS_DENIED");
}

}  // namespace
}  // namespace vcare::support
