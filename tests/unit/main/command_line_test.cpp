// SPDX-License-Identifier: Apache-2.0
#include "main/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vcare::program {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::expected<Command, NothingToRun> parse(std::vector<const char*> words) {
    words.insert(words.begin(), "vcare");
    return parse_command_line(static_cast<int>(words.size()), words.data());
}

TEST(CommandLine, demo_has_the_documented_defaults) {
    const auto parsed = parse({"demo"});

    ASSERT_TRUE(parsed.has_value());
    const auto& demo = std::get<DemoCommand>(*parsed);
    EXPECT_EQ(demo.port, 3031);
    EXPECT_FALSE(demo.data.has_value());
    EXPECT_FALSE(demo.json);
    EXPECT_FALSE(demo.exit_after.has_value());
}

TEST(CommandLine, demo_takes_port_folder_json_and_a_time_to_stop) {
    const auto parsed = parse({"demo", "--port", "0", "--data", "here", "--json", "--exit-after", "5"});

    ASSERT_TRUE(parsed.has_value());
    const auto& demo = std::get<DemoCommand>(*parsed);
    EXPECT_EQ(demo.port, 0);
    EXPECT_EQ(demo.data, std::filesystem::path{"here"});
    EXPECT_TRUE(demo.json);
    EXPECT_EQ(demo.exit_after, std::chrono::seconds{5});
}

TEST(CommandLine, roles_scopes_and_nodes_of_a_token_may_be_repeated) {
    const auto parsed =
        parse({"token", "staff", "--config", "c.toml", "--tenant", "t", "--sub", "u", "--role", "clinician",
               "--role", "admin", "--scope", "virtual_care:session:read", "--node", "n1", "--node", "n2"});

    ASSERT_TRUE(parsed.has_value());
    const auto& token = std::get<TokenStaffCommand>(*parsed);
    EXPECT_THAT(token.roles, ElementsAre("clinician", "admin"));
    EXPECT_THAT(token.scopes, ElementsAre("virtual_care:session:read"));
    EXPECT_THAT(token.nodes, ElementsAre("n1", "n2"));
    EXPECT_EQ(token.ttl, std::chrono::seconds{3600});
}

TEST(CommandLine, a_wrong_line_ends_with_2_and_says_why_on_standard_error) {
    const std::vector<std::vector<const char*>> wrong_lines = {
        {},
        {"dance"},
        {"demo", "--prot", "1"},
        {"demo", "--port", "65536"},
        {"demo", "--exit-after", "soon"},
        {"token", "staff", "--tenant", "t"},
        {"tenant", "add"},
        {"config"},
        {"backup"},
    };
    for (const auto& line : wrong_lines) {
        const auto parsed = parse(line);
        ASSERT_FALSE(parsed.has_value()) << testing::PrintToString(line);
        EXPECT_EQ(parsed.error().code, ExitCode::used_wrongly) << testing::PrintToString(line);
        EXPECT_FALSE(parsed.error().standard_error.empty()) << testing::PrintToString(line);
        EXPECT_THAT(parsed.error().standard_output, IsEmpty()) << testing::PrintToString(line);
    }
}

std::vector<std::vector<const char*>> every_command() {
    return {
        {"demo"},
        {"serve"},
        {"migrate"},
        {"config", "check"},
        {"config", "schema"},
        {"token", "staff"},
        {"link"},
        {"tenant", "add"},
        {"tenant", "list"},
        {"tenant", "suspend"},
        {"audit", "verify"},
        {"audit", "export"},
        {"outbox", "list"},
        {"outbox", "replay"},
        {"inbox", "take"},
        {"inbox", "list"},
        {"inbox", "replay"},
        {"inbox", "mapping"},
        {"encounters", "list"},
        {"encounters", "retry"},
        {"keys", "list"},
        {"keys", "rotate"},
        {"retention", "run"},
        {"backup"},
        {"restore"},
    };
}

TEST(CommandLine, every_command_has_help_with_an_example_and_says_what_json_means) {
    for (auto command : every_command()) {
        command.push_back("--help");
        const auto parsed = parse(command);
        ASSERT_FALSE(parsed.has_value()) << testing::PrintToString(command);
        EXPECT_EQ(parsed.error().code, ExitCode::done) << testing::PrintToString(command);
        EXPECT_THAT(parsed.error().standard_output,
                    AllOf(HasSubstr("Example:"), HasSubstr("vcare "), HasSubstr("--json")))
            << testing::PrintToString(command);
    }
}

TEST(CommandLine, version_is_told_and_nothing_runs) {
    const auto parsed = parse({"--version"});

    ASSERT_FALSE(parsed.has_value());
    EXPECT_EQ(parsed.error().code, ExitCode::done);
    EXPECT_THAT(parsed.error().standard_output, testing::StartsWith("vcare 0."));
}

}  // namespace
}  // namespace vcare::program
