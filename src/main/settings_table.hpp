// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <variant>

#include "main/settings.hpp"

namespace vcare::program {

using TextList = std::vector<std::string>;
using SettingTarget = std::variant<bool*, std::int64_t*, std::string*, TextList*>;
using SettingValue = std::variant<bool, std::int64_t, std::string, TextList>;

/// Says what is wrong with one text (each item of a list); empty when it may be used.
using TextRule = std::string (*)(std::string_view value);

/// Whether a running service takes a new value on SIGHUP, or only at its next start.
enum class Takes : std::uint8_t { at_start, live };

/// Whether the value may be shown. A secret's may be `file:PATH`, which production demands.
enum class Shown : std::uint8_t { openly, never };

/// How a relative path in the value is found: it starts at the folder of the configuration's file.
enum class HoldsPath : std::uint8_t { no, whole, after_scheme };

/// One key of the configuration. Parsing, checking, `vcare config schema` and the docs are made from it.
struct SettingKey {
    std::string_view name;
    SettingTarget (*in)(Settings&);
    SettingValue default_value;
    std::string_view allowed;
    std::string_view meaning;
    TextRule rule = nullptr;
    std::int64_t min = 0;
    std::int64_t max = 0;
    Takes takes = Takes::at_start;
    Shown shown = Shown::openly;
    HoldsPath path = HoldsPath::no;
};

[[nodiscard]] std::span<const SettingKey> setting_keys();
[[nodiscard]] const SettingKey* find_setting(std::string_view name);
/// The known key that `name` was most likely meant to be; null when none is near.
[[nodiscard]] const SettingKey* nearest_setting(std::string_view name);

/// `boolean`, `integer`, `text` or `list`.
[[nodiscard]] std::string_view kind_of(const SettingKey& key);
/// `VCARE_SERVER_LISTEN` of `server.listen`.
[[nodiscard]] std::string environment_name(const SettingKey& key);
/// As it would stand in the file: `"127.0.0.1:3031"`, `[]`, `60`.
[[nodiscard]] std::string to_toml(const SettingValue& value);

/// What is wrong with the value for this key; empty when it may be used.
[[nodiscard]] std::string problem_with(const SettingKey& key, const SettingValue& value);
/// Puts a value of the key's kind in its place.
void assign(Settings& settings, const SettingKey& key, SettingValue value);
/// Reads what stands there.
[[nodiscard]] SettingValue value_of(Settings& settings, const SettingKey& key);

/// The names of keys that have another value now.
struct ChangedSettings {
    std::vector<std::string_view> taken;
    std::vector<std::string_view> need_restart;
};
/// Gives a running service the new value of every key that it can take, and says which those are, and which
/// of the others differ from what it was started with.
[[nodiscard]] ChangedSettings take_live(Settings& running, Settings loaded);

}  // namespace vcare::program
