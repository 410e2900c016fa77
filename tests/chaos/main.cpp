// SPDX-License-Identifier: Apache-2.0
// chaos [--seed N] [--rounds N] [--logs DIR]: runs one seed and says what became of it. The program under
// test is in VCARE_BINARY. Without a seed, one by chance. When something is broken, the logs of both replicas
// are left in DIR.
#include <cstdio>
#include <random>
#include <string_view>

#include <gtest/gtest.h>

#include "chaos/chaos.hpp"
#include "support/read_number.hpp"

namespace {

using namespace vcare::chaos;
using vcare::support::read_number;

constexpr int usage_error = 2;

bool read_options(int count, char** arguments, RunOptions& options) {
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string_view name = arguments[i];
        const std::string_view value = arguments[i + 1];
        if (name == "--seed" && read_number(value, options.seed)) continue;
        if (name == "--logs") {
            options.logs = value;
            continue;
        }
        if (name != "--rounds" || !read_number(value, options.rounds)) return false;
    }
    return count % 2 == 1;
}

}  // namespace

int main(int count, char** arguments) {
    RunOptions options{.seed = std::random_device{}(), .rounds = 20, .say = [](const std::string& line) {
                           std::printf("%s\n", line.c_str());
                           std::fflush(stdout);
                       }};
    if (!read_options(count, arguments, options)) {
        std::fprintf(stderr, "usage: chaos [--seed N] [--rounds N] [--logs DIR]\n");
        return usage_error;
    }
    std::printf("seed %llu\n", static_cast<unsigned long long>(options.seed));
    const Report report = run(options);
    std::printf("%u rounds: %d commands acknowledged, %zu sessions, %zu Encounters, %zu events\n%s",
                report.rounds, report.commands, report.sessions, report.encounters, report.events,
                tale_of(options, report).c_str());
    // Every answer was held against the contract on its way; what breached it is printed already.
    const bool keeps_contract = testing::UnitTest::GetInstance()->ad_hoc_test_result().Passed();
    return report.broken.empty() && keeps_contract ? 0 : 1;
}
