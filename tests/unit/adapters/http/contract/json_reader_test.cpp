// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/contract/json_reader.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

namespace vcare::http::contract {
namespace {

namespace json = boost::json;

/// The pointer and the message of a refusal, or what was read.
std::string outcome(std::string_view bytes) {
    const auto read = parse_json(bytes);
    if (read) return json::serialize(*read);
    EXPECT_EQ(read.error().code, domain::ErrorCode::validation_error);
    EXPECT_EQ(read.error().fields.size(), 1U);
    return read.error().fields.at(0).pointer + " " + read.error().fields.at(0).message;
}

std::string nested(std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
}

TEST(ParseJson, reads_what_is_written) {
    EXPECT_EQ(outcome(R"({"a":[1,-2,2.5,true,null,"ü\u00e4"],"b":{"c":""}})"),
              R"({"a":[1,-2,2.5E0,true,null,"üä"],"b":{"c":""}})");
    EXPECT_EQ(outcome(" 7 "), "7");
}

TEST(ParseJson, takes_a_number_without_fraction_as_whole_however_it_is_written) {
    EXPECT_EQ(outcome("[1.0,1e3,-0.0,18446744073709551615]"), "[1,1000,0,18446744073709551615]");
}

TEST(ParseJson, refuses_a_key_that_stands_twice_and_points_to_it) {
    EXPECT_EQ(outcome(R"({"a":1,"a":2})"), "/a stands twice in the same object");
    EXPECT_EQ(outcome(R"({"x":[0,{"y":{"k/1":1,"b":2,"k\/1":3}}]})"),
              "/x/1/y/k~11 stands twice in the same object");
    EXPECT_EQ(outcome(R"({"a":{"b":1},"c":{"b":1},"b":{}})"), R"({"a":{"b":1},"c":{"b":1},"b":{}})");
}

TEST(ParseJson, finds_the_repeated_key_among_many) {
    std::string object = "{";
    for (int i = 0; i < 200; ++i) object += "\"key" + std::to_string(i) + "\":0,";

    EXPECT_EQ(outcome(object + "\"key137\":1}"), "/key137 stands twice in the same object");
    EXPECT_TRUE(parse_json(object + "\"other\":1}").has_value());
}

TEST(ParseJson, sees_a_repeated_key_through_its_escapes) {
    EXPECT_EQ(outcome(R"({"ab":1,"\u0061b":2})"), "/ab stands twice in the same object");
}

TEST(ParseJson, takes_32_levels_and_no_more) {
    EXPECT_TRUE(parse_json(nested(32)).has_value());
    EXPECT_TRUE(outcome(nested(33)).ends_with("must not be nested deeper than 32 levels"));
}

TEST(ParseJson, refuses_text_that_is_not_utf8) {
    for (const std::string_view bytes :
         {"\"\xff\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\xe2\x82\"", "{\"\xff\":1}"})
        EXPECT_FALSE(parse_json(bytes).has_value()) << testing::PrintToString(bytes);
    EXPECT_FALSE(parse_json(R"("\ud800")").has_value());
}

TEST(ParseJson, refuses_nul_in_a_text_or_a_key) {
    EXPECT_EQ(outcome(R"({"a":["x\u0000y"]})"), "/a/0 must not contain NUL");
    EXPECT_FALSE(parse_json(R"({"a\u0000":1})").has_value());
}

TEST(ParseJson, refuses_a_number_no_double_can_hold) {
    EXPECT_FALSE(parse_json(R"({"a":1e999})").has_value());
}

TEST(ParseJson, refuses_broken_json_and_says_where) {
    EXPECT_EQ(outcome(R"({"a":[1,2,}])"), "/a/1 is not JSON at byte 10");
    for (const std::string_view bytes :
         {"", " ", "{", "[1", "\"a", "{\"a\"}", "{\"a\":1,}", "[1,]", "01", "+1", "NaN", "Infinity", "'a'",
          "{a:1}", "1 2", "{} x", "// c\n1", "\"\n\"", "tru"})
        EXPECT_FALSE(parse_json(bytes).has_value()) << bytes;
}

}  // namespace
}  // namespace vcare::http::contract
