// SPDX-License-Identifier: Apache-2.0
#include "adapters/telemetry/log_line.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace vcare::telemetry {
namespace {

using application::LogField;
using application::Severity;

const auto at = domain::parse_rfc3339("2026-03-01T09:30:00.123Z").value();

std::string json_with(std::string value) {
    const LogField field{.name = "value", .value = std::move(value)};
    return to_json_line({at, Severity::info, "test.event", {&field, 1}});
}
std::string text_with(std::string value) {
    const LogField field{.name = "value", .value = std::move(value)};
    return to_text_line({at, Severity::warning, "test.event", {&field, 1}});
}

TEST(LogLine, is_one_json_object_for_machines) {
    EXPECT_EQ(json_with("3"),
              R"({"time":"2026-03-01T09:30:00.123Z","level":"info","event":"test.event","value":"3"})"
              "\n");
}

TEST(LogLine, is_short_for_people) {
    EXPECT_EQ(text_with("3"), "09:30:00.123 warning test.event value=3\n");
}

TEST(LogLine, quotes_what_is_not_plain) {
    EXPECT_EQ(text_with("two words"), "09:30:00.123 warning test.event value=\"two words\"\n");
    EXPECT_EQ(text_with(""), "09:30:00.123 warning test.event value=\"\"\n");
    EXPECT_EQ(text_with("a=b"), "09:30:00.123 warning test.event value=\"a=b\"\n");
}

TEST(LogLine, stays_one_line_whatever_a_value_holds) {
    const std::string hostile = "x\n{\"level\":\"error\"}\r\t\x1b[2J\x7f\"\\";

    for (const std::string& line : {json_with(hostile), text_with(hostile)}) {
        EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
        EXPECT_EQ(line.find('\x1b'), std::string::npos) << line;
    }
    const auto parsed = boost::json::parse(json_with(hostile));
    EXPECT_EQ(parsed.at("value").as_string(), boost::json::string_view{hostile});
}

TEST(LogLine, keeps_text_of_every_language) {
    for (const std::string text : {"سلام", "é", "𝄞"})
        EXPECT_EQ(boost::json::parse(json_with(text)).at("value").as_string(),
                  boost::json::string_view{text});
}

TEST(LogLine, is_valid_json_even_when_a_value_is_no_utf_8) {
    for (const std::string bytes : {"\xff", "a\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xe2\x82",
                                    "\xf4\x90\x80\x80", "\x80", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf"}) {
        boost::system::error_code error;
        const auto parsed = boost::json::parse(json_with(bytes), error);
        ASSERT_FALSE(error) << json_with(bytes);
        EXPECT_NE(parsed.at("value").as_string().find("\xef\xbf\xbd"), boost::json::string::npos);
    }
}

TEST(LogLine, has_a_word_for_every_severity) {
    EXPECT_EQ(word_of(Severity::debug), "debug");
    EXPECT_EQ(word_of(Severity::info), "info");
    EXPECT_EQ(word_of(Severity::warning), "warning");
    EXPECT_EQ(word_of(Severity::error), "error");
}

}  // namespace
}  // namespace vcare::telemetry
