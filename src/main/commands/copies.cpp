// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "main/archive.hpp"
#include "main/commands/answer_codec.hpp"
#include "main/commands/answers.hpp"
#include "main/commands/commands.hpp"
#include "main/commands/offline.hpp"

namespace vcare::program {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view store_name = "vcare.db";
constexpr std::string_view keys_name = "keys";
constexpr auto not_for_postgres =
    "the store is PostgreSQL: copy it with its own tools, see docs/postgresql.md; keys are copied as they are kept";

// A folder beside `target`, gone with the object.
class Scratch {
  public:
    explicit Scratch(const fs::path& target) {
        std::error_code ignored;
        std::string name = (fs::absolute(target, ignored).parent_path() / ".vcare-XXXXXX").string();
        if (::mkdtemp(name.data()) != nullptr) path_ = name;
    }
    ~Scratch() {
        std::error_code ignored;
        if (!path_.empty()) fs::remove_all(path_, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    [[nodiscard]] const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

// A key service keeps its own copies; what it wrapped is in the store.
std::vector<ArchiveMember> members_of(const fs::path& store_copy, const Settings& settings) {
    std::vector<ArchiveMember> members = {{std::string{store_name}, store_copy}};
    if (!are_keys_in_files(settings)) return members;
    const fs::path keys = keys_folder(settings);
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator{keys, ignored}) {
        const std::string name = entry.path().filename().string();
        if (entry.is_regular_file()) members.push_back({std::string{keys_name} + "/" + name, entry.path()});
    }
    return members;
}

ExitCode answer(bool as_json, const std::string& name, const fs::path& file, std::string_view sentence) {
    if (as_json) {
        fmt::print("{}\n", encode_text(name, file.string()));
    } else {
        fmt::print("{} {}\n", sentence, file.string());
    }
    return ExitCode::done;
}

// Moves what was unpacked to where the settings want it; nothing may be there yet.
bool put_keys_in_place(const fs::path& from, const Settings& settings) {
    const fs::path keys = keys_folder(settings);
    std::error_code problem;
    fs::create_directories(keys.parent_path(), problem);
    fs::permissions(from / keys_name, fs::perms::owner_all, problem);
    if (problem) return false;
    fs::remove(keys, problem);  // an empty folder is no keys
    fs::rename(from / keys_name, keys, problem);
    return !problem;
}

bool put_in_place(const fs::path& from, const Settings& settings) {
    if (are_keys_in_files(settings) && !put_keys_in_place(from, settings)) return false;
    const fs::path store = store_file(settings);
    std::error_code problem;
    fs::create_directories(store.parent_path(), problem);
    fs::rename(from / store_name, store, problem);
    return !problem;
}

bool is_missing_or_empty(const fs::path& path) {
    std::error_code ignored;
    return !fs::exists(path, ignored) || fs::is_empty(path, ignored);
}

}  // namespace

ExitCode run(const BackupCommand& command) {
    const auto settings = settings_of(command.config);
    if (!settings) return settings.error();
    if (!is_embedded_store(*settings)) return say(ExitCode::used_wrongly, not_for_postgres);
    std::error_code ignored;
    if (fs::exists(command.to, ignored))
        return say(ExitCode::failed, command.to.string() + " exists already");
    const Scratch scratch{command.to};
    if (scratch.path().empty()) return say(ExitCode::failed, "cannot write beside " + command.to.string());

    Offline offline{*settings};
    const fs::path copy = scratch.path() / store_name;
    if (const auto copied = offline.store().backup_to(copy.string()); !copied) return say(copied.error());
    const auto written = write_archive(command.to, members_of(copy, *settings));
    if (!written) return say(ExitCode::failed, written.error());
    return answer(command.json, "backup", command.to, "Store and keys are in");
}

ExitCode run(const RestoreCommand& command) {
    const auto settings = settings_of(command.config);
    if (!settings) return settings.error();
    if (!is_embedded_store(*settings)) return say(ExitCode::used_wrongly, not_for_postgres);
    const fs::path store = store_file(*settings);
    const bool has_keys = are_keys_in_files(*settings) && !is_missing_or_empty(keys_folder(*settings));
    if (!is_missing_or_empty(store) || has_keys) {
        return say(ExitCode::failed, "there is a store or keys already: " + store.string() +
                                         ", move both away first; a copy never replaces anything");
    }
    const Scratch scratch{store};
    if (scratch.path().empty()) return say(ExitCode::failed, "cannot write beside " + store.string());
    if (const auto unpacked = unpack_archive(command.from, scratch.path()); !unpacked) {
        return say(ExitCode::failed, command.from.string() + " " + unpacked.error());
    }
    if (!put_in_place(scratch.path(), *settings)) {
        return say(ExitCode::failed, "cannot put the copy in the place of " + store.string());
    }
    return answer(command.json, "restored", store, "Store and keys are back:");
}

}  // namespace vcare::program
