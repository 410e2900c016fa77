// SPDX-License-Identifier: Apache-2.0
#include "main/settings_file.hpp"

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <sys/stat.h>
#include <toml++/toml.h>
#include <unistd.h>

#include "main/inbox.hpp"
#include "main/settings_rules.hpp"
#include "main/settings_table.hpp"

namespace vcare::program {
namespace {

namespace fs = std::filesystem;

// A value out of a TOML node, when it has the kind of the key.
std::optional<SettingValue> read_node(const toml::node& node, const SettingValue& kind) {
    if (std::holds_alternative<bool>(kind) && node.is_boolean()) return *node.value<bool>();
    if (std::holds_alternative<std::int64_t>(kind) && node.is_integer()) return *node.value<std::int64_t>();
    if (std::holds_alternative<std::string>(kind) && node.is_string()) return *node.value<std::string>();
    if (!std::holds_alternative<TextList>(kind) || !node.is_array()) return std::nullopt;
    TextList list;
    for (const toml::node& item : *node.as_array()) {
        if (!item.is_string()) return std::nullopt;
        list.push_back(*item.value<std::string>());
    }
    return list;
}

// The same out of an environment variable; a list is separated by commas.
std::optional<SettingValue> read_word(const std::string& word, const SettingValue& kind) {
    if (std::holds_alternative<bool>(kind)) {
        if (word == "true") return true;
        return word == "false" ? std::optional<SettingValue>{false} : std::nullopt;
    }
    if (std::holds_alternative<std::int64_t>(kind)) {
        std::int64_t number = 0;
        const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), number);
        const bool whole = problem == std::errc{} && end == word.data() + word.size();
        return whole ? std::optional<SettingValue>{number} : std::nullopt;
    }
    if (std::holds_alternative<std::string>(kind)) return word;
    TextList list;
    std::istringstream items{word};
    for (std::string item; std::getline(items, item, ',');) list.push_back(item);
    return list;
}

constexpr std::string_view systemd_scheme = "systemd-creds:";

class Reader {
  public:
    explicit Reader(const std::optional<fs::path>& file) : file_(file), settings_(default_settings()) {}

    void read_file() {
        if (!file_) return;
        std::ifstream stream{*file_, std::ios::binary};
        std::ostringstream text;
        if (stream) text << stream.rdbuf();
        std::error_code problem;
        if (!stream || fs::is_directory(*file_, problem)) {
            return complain(at_line(1), "file", "cannot be read, name a TOML file that this user may read");
        }
        const toml::parse_result parsed = toml::parse(text.str(), file_->string());
        if (!parsed) {
            const toml::parse_error& error = parsed.error();
            return complain(at_line(error.source().begin.line), "syntax",
                            "is not TOML here: " + std::string{error.description()});
        }
        read_table(parsed.table(), "");
    }

    void read_environment(const Environment& environment) {
        for (const auto& [name, word] : environment) {
            if (const SettingKey* key = key_of_variable(name)) {
                origins_[std::string{key->name}] = "environment:" + name;
                take(*key, read_word(word, key->default_value));
            } else if (names_a_section(name)) {
                complain("environment:" + name, name, "is no setting" + suggestion(name));
            }
        }
    }

    void check_together() {
        for (const RuleProblem& problem : production_problems(settings_)) {
            complain(origin_of(problem.key, "production"), std::string{problem.key}, problem.message);
        }
        for (const RuleProblem& problem : combination_problems(settings_)) {
            complain(origin_of(problem.key, problem.key), std::string{problem.key}, problem.message);
        }
    }

    void resolve_paths() {
        std::error_code ignored;
        const fs::path base = file_ ? fs::absolute(*file_, ignored).parent_path() : fs::current_path(ignored);
        for (const SettingKey& key : setting_keys()) {
            if (key.path == HoldsPath::no) continue;
            std::string& value = *std::get<std::string*>(key.in(settings_));
            value = absolute(base, key.path, value);
            if (key.shown == Shown::never) read_secret(key, value);
        }
    }

    /// Once paths are absolute.
    void check_files() {
        check_tls_key();
        const auto mapping = load_event_mapping(settings_.events.mapping);
        if (!mapping)
            complain(origin_of("events.mapping", "events.mapping"), "events.mapping", mapping.error());
    }

    [[nodiscard]] LoadedSettings take_result() { return {std::move(settings_), std::move(problems_)}; }

  private:
    /// A group may read it, as Debian's `ssl-cert` does. One that is not there is said when it is used.
    void check_tls_key() {
        struct stat about{};
        const std::string& path = settings_.server.tls_key;
        const bool is_there = settings_.production && !path.empty() && ::stat(path.c_str(), &about) == 0;
        if (is_there && (about.st_mode & S_IRWXO) != 0)
            complain(origin_of("server.tls_key", "server.tls_key"), "server.tls_key",
                     "names a file that everybody may read, allowed: mode 0640 or 0600 for " + path);
    }

    void read_table(const toml::table& table, const std::string& prefix) {
        for (const auto& [key, node] : table) {
            const std::string name = prefix + std::string{key.str()};
            const auto line = node.source().begin.line;
            if (const SettingKey* known = find_setting(name)) {
                origins_[name] = at_line(line);
                take(*known, read_node(node, known->default_value));
            } else if (node.is_table() && (!node.as_table()->empty() || is_section(name))) {
                read_table(*node.as_table(), name + ".");
            } else {
                complain(at_line(line), name, "is no setting" + suggestion(name));
            }
        }
    }

    void take(const SettingKey& key, std::optional<SettingValue> value) {
        const std::string name{key.name};
        const std::string allowed = ", allowed: " + std::string{key.allowed};
        if (!value) {
            return complain(origins_[name], name, "must be " + std::string{kind_of(key)} + allowed);
        }
        if (const std::string problem = problem_with(key, *value); !problem.empty()) {
            return complain(origins_[name], name, problem + allowed);
        }
        assign(settings_, key, std::move(*value));
    }

    static std::string absolute(const fs::path& base, HoldsPath where, const std::string& value) {
        if (value.empty()) return value;
        if (where == HoldsPath::whole) return (base / value).lexically_normal().string();
        for (const std::string_view scheme : {"sqlite:", "file:"}) {
            if (!value.starts_with(scheme)) continue;
            return std::string{scheme} + (base / value.substr(scheme.size())).lexically_normal().string();
        }
        return value;
    }

    // Puts what the file of a reference holds in its place.
    void read_secret(const SettingKey& key, std::string& value) {
        constexpr std::string_view scheme = "file:";
        if (value.starts_with(systemd_scheme)) return read_credential(key, value);
        if (!value.starts_with(scheme)) return;
        const std::string path = value.substr(scheme.size());
        const std::string name{key.name};
        struct stat about{};
        if (::stat(path.c_str(), &about) != 0) {
            return complain(origin_of(name, name), name, "names a file that cannot be read: " + path);
        }
        if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
            return complain(origin_of(name, name), name,
                            "names a file that others may read, allowed: mode 0600 for " + path);
        }
        std::ifstream stream{path};
        value.clear();
        std::getline(stream, value);
    }

    /// systemd puts them where only the unit's user can read them (systemd.exec(5), LoadCredential=).
    void read_credential(const SettingKey& key, std::string& value) {
        const std::string credential = value.substr(systemd_scheme.size());
        const std::string name{key.name};
        const bool is_name = !credential.empty() && credential.find('/') == std::string::npos;
        if (!is_name) {
            return complain(
                origin_of(name, name), name,
                "names no credential, allowed: systemd-creds:NAME with a NAME of LoadCredential=");
        }
        const char* const folder = std::getenv("CREDENTIALS_DIRECTORY");
        if (folder == nullptr) {
            return complain(origin_of(name, name), name,
                            "names a credential of systemd, which gave this process none, allowed: a unit "
                            "with LoadCredential=" +
                                credential + ":PATH or LoadCredentialEncrypted=");
        }
        const fs::path path = fs::path{folder} / credential;
        std::ifstream stream{path};
        if (!stream) {
            return complain(origin_of(name, name), name,
                            "names a credential that systemd did not load: " + path.string());
        }
        value.clear();
        std::getline(stream, value);
    }

    static const SettingKey* key_of_variable(std::string_view name) {
        for (const SettingKey& key : setting_keys()) {
            if (environment_name(key) == name) return &key;
        }
        return nullptr;
    }

    // Other programs may have VCARE_ variables of their own; one that names a section is a slip.
    static bool names_a_section(std::string_view name) {
        for (const SettingKey& key : setting_keys()) {
            const std::string variable = environment_name(key);
            const auto end = variable.find('_', std::string_view{"VCARE_"}.size());
            if (end != std::string::npos && name.starts_with(variable.substr(0, end + 1))) return true;
        }
        return false;
    }

    static bool is_section(const std::string& name) {
        for (const SettingKey& key : setting_keys()) {
            if (key.name.starts_with(name + ".")) return true;
        }
        return false;
    }

    static std::string suggestion(const std::string& name) {
        std::string key = name;
        if (key.starts_with("VCARE_")) {
            key = key.substr(6);
            for (char& c : key) c = c == '_' ? '.' : static_cast<char>(std::tolower(c));
        }
        const SettingKey* near = nearest_setting(key);
        if (near == nullptr) return ", allowed: the keys of `vcare config schema`";
        return ", the nearest is " +
               (name.starts_with("VCARE_") ? environment_name(*near) : std::string{near->name});
    }

    [[nodiscard]] std::string at_line(unsigned line) const {
        return (file_ ? file_->string() : "defaults") + ":" + std::to_string(line);
    }

    // Where the key was set; for a default, where `other` was.
    [[nodiscard]] std::string origin_of(std::string_view key, std::string_view other) const {
        for (const std::string_view name : {key, other}) {
            const auto found = origins_.find(name);
            if (found != origins_.end()) return found->second;
        }
        return at_line(1);
    }

    void complain(std::string where, std::string key, std::string message) {
        problems_.push_back({std::move(where), std::move(key), std::move(message)});
    }

    std::optional<fs::path> file_;
    Settings settings_;
    std::map<std::string, std::string, std::less<>> origins_;
    std::vector<SettingProblem> problems_;
};

}  // namespace

std::string to_line(const SettingProblem& problem) {
    return problem.where + ": " + problem.key + ": " + problem.message;
}

Environment process_environment() {
    Environment found;
    for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const auto equals = text.find('=');
        if (!text.starts_with("VCARE_") || equals == std::string_view::npos) continue;
        found.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return found;
}

LoadedSettings load_settings(const std::optional<fs::path>& file, const Environment& environment) {
    Reader reader{file};
    reader.read_file();
    reader.read_environment(environment);
    reader.check_together();
    reader.resolve_paths();
    reader.check_files();
    return reader.take_result();
}

}  // namespace vcare::program
