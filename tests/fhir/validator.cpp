// SPDX-License-Identifier: Apache-2.0
#include "fhir/validator.hpp"

#include <sstream>

#include <gtest/gtest.h>

#include "support/process.hpp"

namespace vcare::tests {
namespace {

/// What a script of Node prints. Definitions of 90 MB are installed and read: a busy machine takes minutes.
std::string output_of(std::vector<std::string> script) {
    script.insert(script.begin(), {"/usr/bin/env", "node"});
    const support::TempFolder errors;
    auto node = support::Process::start(script, {.standard_error = errors.path() / "errors"});
    std::string output = node.read_rest();
    EXPECT_EQ(node.wait(std::chrono::minutes{1}), 0) << support::read_text(errors.path() / "errors");
    return output;
}

}  // namespace

Cases verdicts_on(const Cases& cases) {
    const support::TempFolder folder;
    for (const auto& [file, json] : cases) support::write_text(folder.path() / file, json);

    static_cast<void>(output_of({"tools/npm/install.mjs", "tests/fhir"}));

    Cases verdicts;
    std::istringstream lines{output_of({"tests/fhir/validate.mjs", folder.path()})};
    for (std::string line; std::getline(lines, line);) {
        const auto tab = line.find('\t');
        if (tab != std::string::npos) verdicts.emplace(line.substr(0, tab), line.substr(tab + 1));
    }
    return verdicts;
}

}  // namespace vcare::tests
