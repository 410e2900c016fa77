// SPDX-License-Identifier: Apache-2.0
#include "fhir/validator.hpp"

#include <sstream>

#include <gtest/gtest.h>

#include "support/process.hpp"

namespace vcare::tests {

Cases verdicts_on(const Cases& cases) {
    const support::TempFolder folder;
    for (const auto& [file, json] : cases) support::write_text(folder.path() / file, json);

    const auto install = support::run({"/usr/bin/env", "node", "tools/npm/install.mjs", "tests/fhir"});
    EXPECT_EQ(install.exit_code, 0) << "npm could not install the validator: " << install.error;
    const auto validator = support::run({"/usr/bin/env", "node", "tests/fhir/validate.mjs", folder.path()});
    EXPECT_EQ(validator.exit_code, 0) << validator.error;

    Cases verdicts;
    std::istringstream lines{validator.output};
    for (std::string line; std::getline(lines, line);) {
        const auto tab = line.find('\t');
        if (tab != std::string::npos) verdicts.emplace(line.substr(0, tab), line.substr(tab + 1));
    }
    return verdicts;
}

}  // namespace vcare::tests
