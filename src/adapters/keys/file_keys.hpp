// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "adapters/keys/key_folder.hpp"
#include "application/ports/keys.hpp"

namespace vcare::keys {

/// Reads everything it needs from the folder now (and makes what is missing); never touches a file again.
[[nodiscard]] std::unique_ptr<application::KeyService> make_file_keys(const KeyFolder& folder);

}  // namespace vcare::keys
