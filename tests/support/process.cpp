// SPDX-License-Identifier: Apache-2.0
#include "support/process.hpp"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace vcare::support {
namespace {

bool is_readable(int descriptor, milliseconds within) {
    pollfd waiting{descriptor, POLLIN, 0};
    return ::poll(&waiting, 1, static_cast<int>(within.count())) > 0;
}

// In the child, between fork and exec: only calls that are safe there.
[[noreturn]] void become(char* const* arguments, char* const* environment, int output, const char* error_file,
                         pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);
    const int error = ::open(error_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const int input = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(input, STDIN_FILENO);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(error, STDERR_FILENO);
    ::execve(arguments[0], arguments, environment);
    ::_exit(127);
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& added) {
    std::vector<std::string> entries;
    for (char** entry = ::environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        if (!added.contains(text.substr(0, text.find('=')))) entries.push_back(text);
    }
    for (const auto& [name, value] : added) entries.push_back(name + "=" + value);
    return entries;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

}  // namespace

TempFolder::TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "vcare-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"no temporary folder"};
    path_ = name;
}

TempFolder::~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string read_text(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream{file, std::ios::binary}.rdbuf();
    return text.str();
}

void write_text(const std::filesystem::path& file, const std::string& text) {
    std::ofstream{file, std::ios::binary} << text;
}

Process Process::start(const std::vector<std::string>& arguments, const ProcessOptions& options) {
    std::vector<std::string> words = arguments;
    std::vector<std::string> variables = environment_with(options.environment);
    const std::vector<char*> argument_pointers = pointers_to(words);
    const std::vector<char*> environment_pointers = pointers_to(variables);
    const std::string error_file = options.standard_error.string();

    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error{"no pipe"};
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) throw std::runtime_error{"cannot fork"};
    if (pid == 0) {
        become(argument_pointers.data(), environment_pointers.data(), ends[1], error_file.c_str(), parent);
    }
    ::close(ends[1]);

    Process started;
    started.pid_ = pid;
    started.output_ = ends[0];
    return started;
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      output_(std::exchange(other.output_, -1)),
      unread_(std::move(other.unread_)),
      exit_code_(other.exit_code_) {
}

Process& Process::operator=(Process&& other) noexcept {
    std::swap(pid_, other.pid_);
    std::swap(output_, other.output_);
    std::swap(unread_, other.unread_);
    std::swap(exit_code_, other.exit_code_);
    return *this;
}

Process::~Process() {
    kill();
    if (output_ >= 0) ::close(output_);
}

void Process::signal(int number) const {
    if (pid_ > 0 && !exit_code_) ::kill(pid_, number);
}

void Process::kill() {
    if (pid_ <= 0 || exit_code_) return;
    ::kill(pid_, SIGKILL);
    wait(seconds{30});
}

std::optional<int> Process::wait(milliseconds within) {
    if (exit_code_ || pid_ <= 0) return exit_code_;
    const int watched = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    const bool gone = watched >= 0 && is_readable(watched, within);
    if (watched >= 0) ::close(watched);
    if (!gone) return std::nullopt;
    int status = 0;
    ::waitpid(pid_, &status, 0);
    exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return exit_code_;
}

bool Process::read_more(milliseconds within) {
    if (!is_readable(output_, within)) return false;
    char buffer[4096];
    const auto count = ::read(output_, buffer, sizeof buffer);
    if (count <= 0) return false;
    unread_.append(buffer, static_cast<std::size_t>(count));
    return true;
}

std::optional<std::string> Process::read_line(milliseconds within) {
    const auto deadline = std::chrono::steady_clock::now() + within;
    while (unread_.find('\n') == std::string::npos) {
        const auto left = deadline - std::chrono::steady_clock::now();
        if (left.count() <= 0 || !read_more(std::chrono::ceil<milliseconds>(left))) return std::nullopt;
    }
    const auto end = unread_.find('\n');
    std::string line = unread_.substr(0, end);
    unread_.erase(0, end + 1);
    return line;
}

std::string Process::read_rest() {
    while (read_more(seconds{120})) {
    }
    return std::exchange(unread_, {});
}

Finished run(const std::vector<std::string>& arguments, std::map<std::string, std::string> environment) {
    const TempFolder folder;
    const std::filesystem::path error = folder.path() / "stderr";
    Process process = Process::start(arguments, {std::move(environment), error});
    Finished finished;
    finished.output = process.read_rest();
    finished.exit_code = process.wait(seconds{120}).value_or(-1);
    process.kill();
    finished.error = read_text(error);
    return finished;
}

std::string vcare_binary() {
    const char* binary = std::getenv("VCARE_BINARY");
    if (binary == nullptr) throw std::runtime_error{"VCARE_BINARY names no program"};
    return binary;
}

}  // namespace vcare::support
