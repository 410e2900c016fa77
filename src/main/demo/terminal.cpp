// SPDX-License-Identifier: Apache-2.0
#include "main/demo/terminal.hpp"

#include <cstdlib>

#include <fmt/chrono.h>
#include <unistd.h>

namespace vcare::program {
namespace {

bool wants_colour() {
    return ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
}

std::string in_colour(bool has_colour, std::string_view code, const std::string& text) {
    return has_colour ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
}

}  // namespace

DemoTerminal::DemoTerminal() : has_colour_(wants_colour()) {
}

std::string DemoTerminal::bold(const std::string& text) const {
    return in_colour(has_colour_, "1", text);
}

std::string DemoTerminal::faint(const std::string& text) const {
    return in_colour(has_colour_, "2", text);
}

void DemoTerminal::welcome(const std::vector<DemoLink>& links, const std::string& admin_url,
                           const std::string& folder, bool is_temporary) {
    const std::lock_guard lock{mutex_};
    fmt::print("\n  {}\n", bold("A sample clinic with one visit that can be joined now"));
    fmt::print("  Open each link in a window of its own:\n\n");
    for (const DemoLink& link : links) {
        fmt::print("  {}\n    {}\n", bold(link.who), link.url);
    }
    fmt::print("\n  {}\n", faint(fmt::format("Kept in {}{}", folder, is_temporary ? " until it stops" : "")));
    fmt::print("  {}\n\n", faint(fmt::format("Metrics at {}/metrics, stop with Ctrl-C", admin_url)));
    std::fflush(stdout);
}

void DemoTerminal::tell(const std::string& sentence) {
    const std::lock_guard lock{mutex_};
    const std::time_t now = std::time(nullptr);
    fmt::print("  {}  {}\n", faint(fmt::format("{:%H:%M:%S}", fmt::localtime(now))), sentence);
    std::fflush(stdout);
}

void DemoTerminal::goodbye() {
    const std::lock_guard lock{mutex_};
    fmt::print("\n  {}\n", faint("Stopped."));
}

}  // namespace vcare::program
