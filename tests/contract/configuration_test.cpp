// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "adapters/http/contract/json_reader.hpp"
#include "adapters/http/contract/operations.hpp"
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

using http::contract::SchemaNode;

/// Calls `visit` with the pointer of every number of an object, and of the objects in it.
void for_each_number(const SchemaNode& object, const std::string& pointer,
                     const std::function<void(const std::string&, const SchemaNode&)>& visit) {
    using namespace http::contract;
    const SchemaTable& table = request_schema_table();
    for (const Property& property : table.properties_of(object)) {
        const SchemaNode& node = table.nodes[property.node];
        const std::string here = pointer + '/' + std::string{property.name};
        if ((node.types & (integer_type | number_type)) != 0) visit(here, node);
        if ((node.types & object_type) != 0) for_each_number(node, here, visit);
    }
}

/// A configuration with this number in its place and everything else out of its way.
TenantConfig config_with(const std::string& pointer, double number, bool is_integer) {
    auto document = boost::json::parse(
        R"({"retentionDays": 1, "fallback": {"audioOnlyBelowKbps": 100000, "asyncBelowKbps": 0}})");
    const boost::json::value value =
        is_integer ? boost::json::value(static_cast<std::int64_t>(number)) : boost::json::value(number);
    boost::json::object* object = &document.as_object();
    const std::size_t last = pointer.rfind('/');
    for (std::size_t at = 1; at < last;) {
        const std::size_t end = pointer.find('/', at);
        boost::json::value& inner = (*object)[pointer.substr(at, end - at)];
        if (!inner.is_object()) inner.emplace_object();
        object = &inner.as_object();
        at = end + 1;
    }
    (*object)[pointer.substr(last + 1)] = value;
    return json::to_tenant_config(document.as_object());
}

bool is_refused_at(const std::string& pointer, const TenantConfig& config) {
    return std::ranges::any_of(problems_of(config),
                               [&](const FieldError& problem) { return problem.pointer == pointer; });
}

TEST(ConfigurationContract, has_the_same_bounds_as_the_domain) {
    using namespace http::contract;
    const SchemaNode& whole = request_schema_table().nodes[operation(OperationId::put_config).body_node];
    unsigned seen = 0;
    const auto check = [&](const std::string& pointer, const SchemaNode& node) {
        if (pointer == "/version") return;  // the server's own
        ++seen;
        const bool is_integer = (node.types & number_type) == 0;
        for (const double within : {node.minimum, node.maximum})
            EXPECT_THAT(problems_of(config_with(pointer, within, is_integer)), IsEmpty())
                << pointer << " may be " << within << " by the contract";
        for (const double beyond : {node.minimum - 1, node.maximum + 1})
            EXPECT_TRUE(is_refused_at(pointer, config_with(pointer, beyond, is_integer)))
                << pointer << " may not be " << beyond << " by the contract";
    };
    for_each_number(whole, "", check);
    EXPECT_GE(seen, 12U) << "every number was looked at";
}

}  // namespace
}  // namespace vcare::testing
