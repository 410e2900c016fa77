// SPDX-License-Identifier: Apache-2.0
#include "adapters/telemetry/process_metrics.hpp"

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include <sys/resource.h>
#include <unistd.h>

#include "adapters/telemetry/metrics.hpp"

namespace vcare::telemetry {
namespace {

/// The fields of /proc/self/stat that are told (proc(5)).
struct ProcessStatus {
    double cpu_ticks = 0;
    double threads = 0;
    double started_ticks_after_boot = 0;
    double virtual_bytes = 0;
    double resident_pages = 0;
};

std::optional<ProcessStatus> read_status() {
    std::ifstream file{"/proc/self/stat"};
    std::string line;
    if (!std::getline(file, line)) return std::nullopt;
    // The second field is the program's name in brackets, which may hold spaces and brackets itself.
    const auto name_end = line.rfind(") ");
    if (name_end == std::string::npos) return std::nullopt;
    std::istringstream fields{line.substr(name_end + 2)};
    std::vector<std::string> words{std::istream_iterator<std::string>{fields}, {}};
    constexpr std::size_t first_field = 3;
    const auto number = [&](std::size_t field) {
        return field - first_field < words.size() ? std::strtod(words[field - first_field].c_str(), nullptr)
                                                  : 0;
    };
    return ProcessStatus{.cpu_ticks = number(14) + number(15),
                         .threads = number(20),
                         .started_ticks_after_boot = number(22),
                         .virtual_bytes = number(23),
                         .resident_pages = number(24)};
}

std::optional<double> boot_time() {
    std::ifstream file{"/proc/stat"};
    for (std::string word; file >> word;) {
        double seconds = 0;
        if (word == "btime" && file >> seconds) return seconds;
    }
    return std::nullopt;
}

std::optional<double> open_files() {
    std::error_code failed;
    const std::filesystem::directory_iterator files{"/proc/self/fd", failed};
    if (failed) return std::nullopt;
    return static_cast<double>(std::distance(files, {}));
}

}  // namespace

void write_process_metrics(std::string& out) {
    if (const auto status = read_status()) {
        const auto ticks_a_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
        const auto page_bytes = static_cast<double>(::sysconf(_SC_PAGESIZE));
        write_plain_metric(out, "process_cpu_seconds_total", "counter", "Processor time used",
                           status->cpu_ticks / ticks_a_second);
        write_plain_metric(out, "process_resident_memory_bytes", "gauge", "Memory in RAM",
                           status->resident_pages * page_bytes);
        write_plain_metric(out, "process_virtual_memory_bytes", "gauge", "Memory mapped",
                           status->virtual_bytes);
        write_plain_metric(out, "process_threads", "gauge", "Threads", status->threads);
        if (const auto boot = boot_time())
            write_plain_metric(out, "process_start_time_seconds", "gauge", "Start, in seconds since 1970",
                               *boot + status->started_ticks_after_boot / ticks_a_second);
    }
    if (const auto files = open_files())
        write_plain_metric(out, "process_open_fds", "gauge", "Open file descriptors", *files);
    struct rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
        write_plain_metric(out, "process_max_fds", "gauge", "File descriptors that may be open",
                           static_cast<double>(limit.rlim_cur));
}

}  // namespace vcare::telemetry
