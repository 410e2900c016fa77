// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "main/commands/answer_codec.hpp"
#include "main/commands/answers.hpp"
#include "main/commands/commands.hpp"
#include "main/demo/demo_settings.hpp"
#include "main/demo/sample_clinic.hpp"
#include "main/demo/terminal.hpp"
#include "main/join_url.hpp"
#include "main/program.hpp"

namespace vcare::program {
namespace {

namespace fs = std::filesystem;

// The folder of a demo: the one that was named, or a temporary one that goes with it.
class DemoFolder {
  public:
    explicit DemoFolder(const std::optional<fs::path>& named) : is_temporary_(!named) {
        if (named) {
            path_ = fs::absolute(*named).lexically_normal();
            fs::create_directories(path_);
        } else {
            std::string name = (fs::temp_directory_path() / "vcare-demo-XXXXXX").string();
            if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"cannot make a temporary folder"};
            path_ = name;
        }
    }
    ~DemoFolder() {
        std::error_code ignored;
        if (is_temporary_) fs::remove_all(path_, ignored);
    }
    DemoFolder(const DemoFolder&) = delete;
    DemoFolder& operator=(const DemoFolder&) = delete;

    [[nodiscard]] const fs::path& path() const { return path_; }
    [[nodiscard]] bool is_temporary() const { return is_temporary_; }

  private:
    fs::path path_;
    bool is_temporary_;
};

DemoAnnouncement announcement_of(const SampleClinic& clinic, const Settings& settings) {
    const std::string& base = settings.server.public_url;
    return {.base_url = base,
            .admin_url = "http://" + settings.server.admin_listen,
            .tenant = clinic.tenant.text(),
            .staff_tokens = clinic.staff_tokens,
            .session = clinic.session.text(),
            .links = {{"patient", join_url(base, clinic.patient_code)},
                      {"provider", base + "/provider#token=" + clinic.staff_tokens.at("clinician")},
                      {"interpreter", join_url(base, clinic.interpreter_code)},
                      {"admin", base + "/provider#token=" + clinic.desk_token}}};
}

void welcome(DemoTerminal& terminal, const DemoAnnouncement& announcement, const DemoFolder& folder) {
    terminal.welcome({{"Patient", announcement.links.at("patient")},
                      {"Provider", announcement.links.at("provider")},
                      {"Interpreter", announcement.links.at("interpreter")},
                      {"Front desk, who books visits", announcement.links.at("admin")}},
                     announcement.admin_url, folder.path().string(), folder.is_temporary());
}

}  // namespace

ExitCode run(const DemoCommand& command) {
    const DemoFolder folder{command.data};
    auto settings = demo_settings(folder.path(), command.port);
    if (!settings) {
        for (const SettingProblem& problem : settings.error()) fmt::print(stderr, "{}\n", to_line(problem));
        return ExitCode::used_wrongly;
    }
    if (settings->production) return say(ExitCode::used_wrongly, "a demo is never production");
    // In a terminal the story is enough; what goes wrong is still said.
    if (!command.json && settings->log.level == "info") settings->log.level = "warning";

    DemoTerminal terminal;
    ProgramOptions options{.config = folder.path() / "vcare.toml"};
    if (!command.json) options.tell = [&](const std::string& sentence) { terminal.tell(sentence); };
    Program program{*settings, std::move(options)};
    const auto clinic = program.prepare(open_sample_clinic(program.services(), program.issuer()));
    if (!clinic) return say(clinic.error());

    const DemoAnnouncement announcement = announcement_of(*clinic, *settings);
    const auto announce = [&] {
        if (!command.json) return welcome(terminal, announcement, folder);
        fmt::print("{}\n", encode_announcement(announcement));
        std::fflush(stdout);
    };
    program.run(announce, command.exit_after);
    if (!command.json) terminal.goodbye();
    return ExitCode::done;
}

}  // namespace vcare::program
