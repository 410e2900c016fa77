// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "adapters/http/contract/json_reader.hpp"
#include "adapters/http/contract/request_validator.hpp"

namespace vcare::http::contract {
namespace {

namespace json = boost::json;

json::value read_cases() {
    std::ifstream file{VCARE_CONTRACT_CASES};
    std::stringstream text;
    text << file.rdbuf();
    return parse_json(text.str()).value();
}

TEST(RequestValidator, agrees_with_another_validator_on_thousands_of_bodies) {
    std::map<std::string_view, OperationId, std::less<>> ids;
    for (const auto& operation : operations()) ids.emplace(operation.name, operation.id);
    std::map<bool, int> verdicts;
    const auto cases = read_cases();

    for (const auto& one : cases.as_array()) {
        const bool valid = one.at("valid").as_bool();
        const std::string_view operation = one.at("operation").as_string();
        ASSERT_EQ(validate(one.at("body"), ids.at(operation)).empty(), valid)
            << operation << ' ' << json::serialize(one.at("body"));
        ++verdicts[valid];
    }

    EXPECT_GT(verdicts[true], 100);
    EXPECT_GT(verdicts[false], 2000);
}

}  // namespace
}  // namespace vcare::http::contract
