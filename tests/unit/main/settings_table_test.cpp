// SPDX-License-Identifier: Apache-2.0
#include "main/settings_table.hpp"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "main/settings_codec.hpp"

namespace vcare::program {
namespace {

TEST(SettingsTable, every_default_is_allowed_by_its_own_rule) {
    for (const SettingKey& key : setting_keys()) {
        EXPECT_EQ(problem_with(key, key.default_value), "") << key.name;
        EXPECT_FALSE(key.meaning.empty()) << key.name;
        EXPECT_FALSE(key.allowed.empty()) << key.name;
    }
}

TEST(SettingsTable, every_key_writes_to_a_place_of_its_own) {
    Settings settings = default_settings();
    std::set<std::string_view> names;
    for (const SettingKey& key : setting_keys()) {
        EXPECT_TRUE(names.insert(key.name).second) << key.name;
        EXPECT_EQ(value_of(settings, key), key.default_value) << key.name;
    }
}

TEST(SettingsTable, the_nearest_key_is_found_across_a_slip) {
    ASSERT_NE(nearest_setting("servr.listen"), nullptr);
    EXPECT_EQ(nearest_setting("servr.listen")->name, "server.listen");
    EXPECT_EQ(nearest_setting("log.levle")->name, "log.level");
    EXPECT_EQ(nearest_setting("entirely.something.else.altogether"), nullptr);
}

TEST(SettingsTable, a_variable_is_the_key_in_capitals) {
    EXPECT_EQ(environment_name(*find_setting("video.embedded.turn_urls")), "VCARE_VIDEO_EMBEDDED_TURN_URLS");
}

TEST(SettingsTable, a_running_service_takes_what_it_can_and_names_what_needs_a_restart) {
    Settings running = default_settings();
    Settings loaded = default_settings();
    loaded.log.level = "debug";
    loaded.sweeper.interval_seconds = 7;
    loaded.server.listen = "127.0.0.1:1";
    loaded.video.embedded.turn_secret = "secret";

    const ChangedSettings changed = take_live(running, loaded);

    EXPECT_THAT(changed.taken, testing::ElementsAre("log.level", "sweeper.interval_seconds"));
    EXPECT_THAT(changed.need_restart, testing::ElementsAre("server.listen", "video.embedded.turn_secret"));
    EXPECT_EQ(running.log.level, "debug");
    EXPECT_EQ(running.sweeper.interval_seconds, 7);
    EXPECT_EQ(running.server.listen, default_settings().server.listen) << "what it was started with";
    EXPECT_THAT(take_live(running, loaded).taken, testing::IsEmpty()) << "the second time nothing is new";
}

TEST(SettingsSchema, json_names_every_key_with_its_default) {
    const auto schema = boost::json::parse(schema_as_json()).as_array();

    ASSERT_EQ(schema.size(), setting_keys().size());
    for (std::size_t i = 0; i < schema.size(); ++i) {
        const auto& entry = schema[i].as_object();
        EXPECT_EQ(entry.at("key").as_string(), setting_keys()[i].name);
        EXPECT_TRUE(entry.contains("default")) << setting_keys()[i].name;
        EXPECT_EQ(entry.at("live").as_bool(), setting_keys()[i].takes == Takes::live);
    }
}

TEST(SettingsSchema, the_documentation_table_has_a_row_for_every_key) {
    const std::string table = schema_as_markdown();

    for (const SettingKey& key : setting_keys()) {
        EXPECT_THAT(table, testing::HasSubstr("| `" + std::string{key.name} + "` |"));
    }
}

}  // namespace
}  // namespace vcare::program
