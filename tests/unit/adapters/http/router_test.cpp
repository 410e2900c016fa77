// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/http/paths.hpp"

namespace vcare::http {
namespace {

using contract::OperationId;
using testing::ElementsAre;

class RouterTest : public testing::Test {
  protected:
    static std::string api(std::string_view path) { return std::string{base_path} + std::string{path}; }
    Router router{contract::routes()};
};

TEST_F(RouterTest, finds_an_operation_and_the_ids_in_its_path) {
    const auto match = router.find("POST", api("/sessions/vsn_1/participants/vsp_2/admit"));

    ASSERT_TRUE(match);
    EXPECT_EQ(match->operation, OperationId::admit_participant);
    EXPECT_THAT(match->values, ElementsAre("vsn_1", "vsp_2"));
}

TEST_F(RouterTest, prefers_a_fixed_path_over_one_that_varies) {
    EXPECT_EQ(router.find("GET", api("/sessions/join"))->operation, OperationId::join_visit_by_get);
    EXPECT_EQ(router.find("GET", api("/sessions/other"))->operation, OperationId::get_session);
}

TEST_F(RouterTest, finds_every_route_of_the_contract) {
    for (const auto& route : contract::routes()) {
        const auto match = router.find(route.method, route.path);  // `{id}` is as good an id as any here
        ASSERT_TRUE(match) << route.method << " " << route.path;
        EXPECT_EQ(match->operation, route.id) << route.path;
        EXPECT_EQ(match->template_path, route.path);
    }
}

TEST_F(RouterTest, goes_back_to_what_varies_when_the_fixed_path_leads_nowhere) {
    constexpr std::array<contract::Route, 4> routes = {{{"GET", "/a/fixed", OperationId::get_visit},
                                                        {"GET", "/a/{id}", OperationId::get_session},
                                                        {"POST", "/a/{id}", OperationId::create_session},
                                                        {"GET", "/a/{id}/more", OperationId::get_timeline}}};
    const Router small{routes};

    EXPECT_EQ(small.find("GET", "/a/fixed")->operation, OperationId::get_visit);
    EXPECT_EQ(small.find("POST", "/a/fixed")->operation, OperationId::create_session);
    EXPECT_EQ(small.find("GET", "/a/fixed/more")->operation, OperationId::get_timeline);
    EXPECT_THAT(small.find("GET", "/a/fixed/more")->values, ElementsAre("fixed"));
    EXPECT_FALSE(small.find("PUT", "/a/fixed"));
}

TEST_F(RouterTest, answers_head_where_get_is_known) {
    EXPECT_EQ(router.find("HEAD", api("/visit"))->operation, OperationId::get_visit);
}

TEST_F(RouterTest, finds_nothing_beside_the_paths) {
    for (const auto* path :
         {"", "/", "/sessions/", "/sessions//", "/sessions/a/b", "/sessions/%", "/../health"})
        EXPECT_FALSE(router.find("GET", api(path))) << path;
}

TEST_F(RouterTest, decodes_an_id_but_keeps_an_encoded_slash_within_it) {
    EXPECT_THAT(router.find("GET", api("/sessions/a%2Fb%20c"))->values, ElementsAre("a/b c"));
}

TEST_F(RouterTest, tells_which_methods_a_path_knows) {
    EXPECT_THAT(router.explain(api("/sessions")).allowed,
                testing::UnorderedElementsAre("GET", "HEAD", "POST"));
    EXPECT_TRUE(router.explain("/nothing").allowed.empty());
}

TEST(Query, is_decoded) {
    const auto query = parse_query("a=1&b=x%20y+z&c&=d&&e=%2B");
    ASSERT_TRUE(query);
    ASSERT_EQ(query->size(), 5U);
    EXPECT_EQ((*query)[1].value, "x y z");
    EXPECT_EQ((*query)[2].name, "c");
    EXPECT_EQ((*query)[4].value, "+");
}

TEST(Query, is_refused_when_its_encoding_is_broken) {
    EXPECT_FALSE(parse_query("a=%"));
    EXPECT_FALSE(parse_query("a=%4"));
    EXPECT_FALSE(parse_query("%zz=1"));
}

}  // namespace
}  // namespace vcare::http
