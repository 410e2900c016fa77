// SPDX-License-Identifier: Apache-2.0
#include "chaos/clinic.hpp"

namespace vcare::chaos {
namespace {

constexpr std::size_t id_size = 4 + 26;  // a prefix and a ULID

}  // namespace

void Clinic::was_shown(std::string_view text) {
    const std::lock_guard lock{mutex_};
    for (const std::string_view prefix : {"vsn_", "vsp_"}) {
        for (auto at = text.find(prefix); at != std::string_view::npos; at = text.find(prefix, at + 1))
            seen_.emplace(text.substr(at, id_size));
    }
}

std::set<std::string> Clinic::seen() const {
    const std::lock_guard lock{mutex_};
    return seen_;
}

void Clinic::was_stuck(std::string how) {
    const std::lock_guard lock{mutex_};
    stuck_.push_back(std::move(how));
}

std::vector<std::string> Clinic::stuck() const {
    const std::lock_guard lock{mutex_};
    return stuck_;
}

}  // namespace vcare::chaos
