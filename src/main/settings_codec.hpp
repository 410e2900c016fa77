// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "main/settings_file.hpp"

namespace vcare::program {

/// Every key with type, default, what is allowed and its meaning, for a terminal.
[[nodiscard]] std::string schema_as_text();
/// The same as a table for the documentation.
[[nodiscard]] std::string schema_as_markdown();
/// The same as a JSON array of `{key, type, default, allowed, meaning, environment, live, secret}`.
[[nodiscard]] std::string schema_as_json();

/// `{"valid", "problems": [{"where", "key", "message"}]}`.
[[nodiscard]] std::string problems_as_json(const std::vector<SettingProblem>& problems);

}  // namespace vcare::program
