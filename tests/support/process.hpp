// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vcare::support {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A folder of its own, gone with the object.
class TempFolder {
  public:
    TempFolder();
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

[[nodiscard]] std::string read_text(const std::filesystem::path& file);
void write_text(const std::filesystem::path& file, const std::string& text);

/// How a program is started. Variables are added to those of the test.
struct ProcessOptions {
    std::map<std::string, std::string> environment = {};
    std::filesystem::path standard_error = "/dev/null";  ///< appended to
};

/// A running program; killed when the object goes, and when the test itself dies.
class Process {
  public:
    static Process start(const std::vector<std::string>& arguments, const ProcessOptions& options = {});
    Process() = default;
    ~Process();
    Process(Process&& other) noexcept;
    Process& operator=(Process&& other) noexcept;

    [[nodiscard]] int id() const { return pid_; }
    void signal(int number) const;
    /// A line of standard output without its end; nothing when it closes or the time is over.
    [[nodiscard]] std::optional<std::string> read_line(milliseconds within);
    /// Everything more of standard output, until it closes.
    [[nodiscard]] std::string read_rest();
    /// The exit code, or 128 + the signal that ended it; nothing when the time is over.
    std::optional<int> wait(milliseconds within);
    /// SIGKILL, and waits until it is gone.
    void kill();

  private:
    bool read_more(milliseconds within);
    int pid_ = -1;
    int output_ = -1;
    std::string unread_;
    std::optional<int> exit_code_;
};

struct Finished {
    int exit_code = -1;
    std::string output;
    std::string error;
};

/// Runs a program to its end, at most two minutes.
[[nodiscard]] Finished run(const std::vector<std::string>& arguments,
                           std::map<std::string, std::string> environment = {});

/// The program under test, as VCARE_BINARY names it.
[[nodiscard]] std::string vcare_binary();

}  // namespace vcare::support
