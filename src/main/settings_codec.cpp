// SPDX-License-Identifier: Apache-2.0
#include "main/settings_codec.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "main/settings_table.hpp"

namespace vcare::program {
namespace {

namespace json = boost::json;

json::value to_json(const SettingValue& value) {
    if (const auto* yes = std::get_if<bool>(&value)) return *yes;
    if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
    if (const auto* text = std::get_if<std::string>(&value)) return json::string(*text);
    json::array items;
    for (const std::string& item : std::get<TextList>(value)) items.emplace_back(item);
    return items;
}

std::string notes_on(const SettingKey& key) {
    std::string notes;
    if (key.takes == Takes::live) notes += " Taken on SIGHUP.";
    if (key.shown == Shown::never) notes += " Secret.";
    return notes;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) out += c == '|' ? std::string{"\\|"} : std::string{c};
    return out;
}

}  // namespace

std::string schema_as_text() {
    std::string out;
    for (const SettingKey& key : setting_keys()) {
        out += fmt::format("{} = {}\n    {}: {}.{}\n    {}; {}\n\n", key.name, to_toml(key.default_value),
                           kind_of(key), key.meaning, notes_on(key), key.allowed, environment_name(key));
    }
    return out;
}

std::string schema_as_markdown() {
    std::string out = "| key | type | default | allowed | meaning |\n|---|---|---|---|---|\n";
    for (const SettingKey& key : setting_keys()) {
        out += fmt::format("| `{}` | {} | `{}` | {} | {}.{} |\n", key.name, kind_of(key),
                           escaped(to_toml(key.default_value)), escaped(key.allowed), escaped(key.meaning),
                           notes_on(key));
    }
    return out;
}

std::string schema_as_json() {
    json::array keys;
    for (const SettingKey& key : setting_keys()) {
        json::object entry;
        entry["key"] = key.name;
        entry["type"] = kind_of(key);
        entry["default"] = to_json(key.default_value);
        entry["allowed"] = key.allowed;
        entry["meaning"] = key.meaning;
        entry["environment"] = environment_name(key);
        entry["live"] = key.takes == Takes::live;
        entry["secret"] = key.shown == Shown::never;
        keys.push_back(std::move(entry));
    }
    return json::serialize(keys) + "\n";
}

std::string problems_as_json(const std::vector<SettingProblem>& problems) {
    json::array items;
    for (const SettingProblem& problem : problems) {
        items.push_back(
            json::object{{"where", problem.where}, {"key", problem.key}, {"message", problem.message}});
    }
    json::object answer;
    answer["valid"] = problems.empty();
    answer["problems"] = std::move(items);
    return json::serialize(answer) + "\n";
}

}  // namespace vcare::program
