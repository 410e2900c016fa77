// SPDX-License-Identifier: Apache-2.0
#include "support/soft_hsm.hpp"

#include <cstdlib>
#include <stdexcept>

namespace vcare::support {
namespace {

namespace fs = std::filesystem;

// Moves everything below one folder into another.
void move_all(const fs::path& from, const fs::path& to) {
    fs::create_directories(to);
    for (const auto& entry : fs::directory_iterator{from}) fs::rename(entry, to / entry.path().filename());
}

}  // namespace

SoftHsm::SoftHsm() {
    const fs::path& folder = folder_.path();
    fs::create_directories(folder / "tokens");
    write_text(folder / "softhsm2.conf",
               "directories.tokendir = " + (folder / "tokens").string() +
                   "\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n");
    const Finished made = run({"/usr/bin/env", "softhsm2-util", "--init-token", "--free", "--label", "vcare",
                               "--so-pin", "officer-1234", "--pin", pin()},
                              environment());
    if (made.exit_code != 0) throw std::runtime_error{"softhsm2-util: " + made.output + made.error};
}

std::map<std::string, std::string> SoftHsm::environment() const {
    return {{"SOFTHSM2_CONF", (folder_.path() / "softhsm2.conf").string()}};
}

void SoftHsm::enter() const {
    for (const auto& [name, value] : environment()) ::setenv(name.c_str(), value.c_str(), 1);
}

void SoftHsm::remove() const {
    move_all(folder_.path() / "tokens", folder_.path() / "drawer");
}

void SoftHsm::put_back() const {
    move_all(folder_.path() / "drawer", folder_.path() / "tokens");
}

}  // namespace vcare::support
