// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/http/contract/json_reader.hpp"
#include "adapters/http/contract/request_validator.hpp"
#include "adapters/json/tenant_config_codec.hpp"
#include "support/answer_checker.hpp"
#include "support/builders/session_builder.hpp"

namespace vcare::testing {
namespace {

using http::contract::OperationId;
using ::testing::IsEmpty;

StoredTenantConfig a_stored_config() {
    return {.id = an_id<TenantConfigId>(1), .tenant = this_clinic(), .updated_at = nine_o_clock};
}

TEST(ConfigurationContract, describes_what_a_new_tenant_gets) {
    const auto body = json::encode_stored_config(a_stored_config());
    EXPECT_THAT(
        support::problems_of_answer(OperationId::get_config,
                                    {.status = 200, .content_type = "application/json", .body = body}),
        IsEmpty());
}

TEST(ConfigurationContract, takes_back_what_it_gave) {
    const auto body = json::encode_stored_config(a_stored_config());
    EXPECT_THAT(http::contract::validate(http::contract::parse_json(body).value(), OperationId::put_config),
                IsEmpty());
}

TEST(ConfigurationContract, describes_what_anybody_may_know) {
    const auto body = json::encode_public_config(TenantConfig{});
    EXPECT_THAT(
        support::problems_of_answer(OperationId::get_public_config,
                                    {.status = 200, .content_type = "application/json", .body = body}),
        IsEmpty());
}

}  // namespace
}  // namespace vcare::testing
