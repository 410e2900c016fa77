// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace vcare::support {

/// What the program's environment must say for it to keep its data where this run of the tests wants it: with
/// VCARE_TEST_STORE=postgres, a database of its own for each `data` folder on a server of this test program;
/// else nothing, and the store is a file in the folder.
[[nodiscard]] std::map<std::string, std::string> store_environment(const std::filesystem::path& data);

}  // namespace vcare::support
